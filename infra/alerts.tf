resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == "" ? 0 : 1

  display_name = "face-recon-drive"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.api]
}

# Every request to this function is a file that could not be processed, so the alert watches its request log. One
# notification a day is enough.
resource "google_monitoring_alert_policy" "dead_letter" {
  display_name          = "Files that no worker could process"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = "A task became a dead letter"
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
    content   = "A file of a scan was delivered 10 times without success and ended as an error event. Look for its id in the logs of face-match (worker crashes, memory) and face-match-dead-letter. Deliveries refused with 429 count: if the log shows many of them, raise face_match_max_instances."
  }
}
