terraform {
  required_version = ">= 1.9"

  # terraform init -backend-config="bucket=…" names the bucket, which is another one in each environment.
  backend "gcs" {
    prefix = "face-recon-drive"
  }

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "7.46.0"
    }
    # Only for google_project_service_identity, which the google provider does not have.
    google-beta = {
      source  = "hashicorp/google-beta"
      version = "7.46.0"
    }
    archive = {
      source  = "hashicorp/archive"
      version = "2.7.1"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
}

# The budget belongs to the billing account, whose API wants to know which project the calls count towards.
provider "google" {
  alias                 = "billing"
  project               = var.project_id
  billing_project       = var.project_id
  user_project_override = true
}

provider "google-beta" {
  project = var.project_id
  region  = var.region
}
