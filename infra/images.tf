# The relay's images, which the deployment pushes.
resource "google_artifact_registry_repository" "images" {
  repository_id          = "images"
  location               = var.region
  format                 = "DOCKER"
  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "keep-the-last-ten"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }
  cleanup_policies {
    id     = "delete-older"
    action = "DELETE"
    condition {
      older_than = "30d"
    }
  }

  depends_on = [google_project_service.api]
}

# The functions' images, which Google builds. Without a repository of our own they go to gcf-artifacts, which grows for
# ever. Only the newest are needed: to go back, an earlier commit is built again.
resource "google_artifact_registry_repository" "functions" {
  repository_id          = "functions"
  location               = var.region
  format                 = "DOCKER"
  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "keep-the-last-three"
    action = "KEEP"
    most_recent_versions {
      keep_count = 3
    }
  }
  cleanup_policies {
    id     = "delete-older"
    action = "DELETE"
    condition {
      older_than = "7d"
    }
  }

  depends_on = [google_project_service.api]
}
