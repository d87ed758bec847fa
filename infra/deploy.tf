# Lets the workflow .github/workflows/deploy.yml of one repository deploy, from its main branch, without a stored key. The
# first deployment is made by a person, who creates this.
locals {
  github = var.github_repository == "" ? [] : [var.github_repository]
}

resource "google_iam_workload_identity_pool" "github" {
  count = length(local.github)

  workload_identity_pool_id = "github"
  display_name              = "GitHub Actions"

  depends_on = [google_project_service.api]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  count = length(local.github)

  workload_identity_pool_id          = google_iam_workload_identity_pool.github[count.index].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.repository == \"${local.github[count.index]}\" && assertion.ref == \"refs/heads/main\""

  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "deploy" {
  count = length(local.github)

  account_id   = "frd-deploy"
  display_name = "face-recon-drive deployments"

  depends_on = [google_project_service.api]
}

resource "google_service_account_iam_member" "deploy" {
  count = length(local.github)

  service_account_id = google_service_account.deploy[count.index].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github[count.index].name}/attribute.repository/${local.github[count.index]}"
}

# Editor covers most resources. The others are for policies: who may call, read a secret, publish.
resource "google_project_iam_member" "deploy" {
  for_each = toset(var.github_repository == "" ? [] : [
    "roles/editor",
    "roles/artifactregistry.admin",
    "roles/firebasehosting.admin",
    "roles/firebaserules.admin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountUser",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.configWriter",
    "roles/pubsub.admin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/storage.admin",
  ])

  project = var.project_id
  role    = each.key
  member  = google_service_account.deploy[0].member
}
