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

locals {
  # Cloud Run sets PORT.
  relay_environment = {
    HOST               = "0.0.0.0"
    FIRESTORE_DATABASE = google_firestore_database.scans.name
    UPDATES_BROADCAST  = var.updates_broadcast
    # Clients connect to its own address, without Hosting.
    TRUST_PROXY = 1
  }
}

resource "google_cloud_run_v2_service" "relay" {
  name                = "relay"
  location            = var.region
  deletion_protection = false

  template {
    service_account = google_service_account.runtime["relay"].email
    # The longest that a WebSocket stays open. Clients reconnect and continue after their last event.
    timeout                          = "3600s"
    max_instance_request_concurrency = 1000
    # A client that reconnects usually finds its scan's watch still open. Nothing depends on that.
    session_affinity = true

    scaling {
      min_instance_count = var.relay_min_instances
      max_instance_count = var.relay_max_instances
    }

    containers {
      image = var.relay_image

      resources {
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
        # The CPU is only paid for while a socket is open.
        cpu_idle          = true
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = merge(local.environment, local.relay_environment)
        content {
          name  = env.key
          value = env.value
        }
      }
    }
  }

  depends_on = [google_project_service.api]
}
