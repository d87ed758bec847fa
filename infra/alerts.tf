resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == "" ? 0 : 1

  display_name = "face-recon-drive"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.api]
}

# Every push to this function is a file that was given up, so its request log is the alert; one a day is enough to look.
resource "google_monitoring_alert_policy" "dead_letter" {
  display_name          = "Files that no worker could process"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = "A task reached the dead letters"
    condition_matched_log {
      filter = <<-EOT
        resource.type="cloud_run_revision"
        resource.labels.service_name="${google_cloudfunctions2_function.function["face-match-dead-letter"].name}"
        log_id("run.googleapis.com/requests")
      EOT
    }
  }

  alert_strategy {
    notification_rate_limit {
      period = "86400s"
    }
    auto_close = "604800s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "A file of a scan was tried 100 times without an answer and ended as an error event. Look for the file id in the log of face-match (worker crashes, memory) and of face-match-dead-letter. Tasks refused with 429 count as tries: if the log shows many, raise face_match_max_instances."
  }
}
