resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == "" ? 0 : 1

  display_name = "face-recon-drive"
  type         = "email"
  labels       = { email_address = var.alert_email }
}

# Alerts on entries of a log: one notification a day is enough.
locals {
  log_alerts = {
    # Every request to this function is a file that could not be processed.
    dead_letter = {
      title    = "Files that no worker could process"
      filter   = <<-EOT
        resource.type="cloud_run_revision"
        resource.labels.service_name="${var.dead_letters}"
        log_id("run.googleapis.com/requests")
      EOT
      what_now = "A file of a scan was delivered 10 times without success and ended as an error event. Look for its id in the logs of face-match (worker crashes, memory) and face-match-dead-letter. Deliveries refused with 429 count: if the dashboard shows many of them, raise face_match_max_instances."
    }
    scheduler = {
      title    = "A scheduled call failed"
      filter   = <<-EOT
        resource.type="cloud_scheduler_job"
        resource.labels.job_id=(${join(" OR ", formatlist("\"%s\"", var.scheduled))})
        severity>=ERROR
      EOT
      what_now = "reconcile continues scans that have stopped, sync uploads what job-done could not, albums brings albums up to date with their folders. All are called again after some minutes at most, so a single failure does no harm. If it goes on, look at the logs of the function."
    }
  }
}

resource "google_monitoring_alert_policy" "log" {
  for_each = local.log_alerts

  display_name          = each.value.title
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = each.value.title
    condition_matched_log {
      filter = each.value.filter
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
    content   = each.value.what_now
  }
}

# Alerts on a metric of the last five minutes.
locals {
  metric_alerts = {
    server_errors = {
      title     = "Responses with 5xx"
      filter    = "metric.type=\"run.googleapis.com/request_count\" AND ${local.on_any} AND metric.labels.response_code_class=\"5xx\""
      aligner   = "ALIGN_DELTA"
      reducer   = "REDUCE_SUM"
      by        = ["resource.labels.service_name"]
      threshold = 10
      what_now  = "More than 10 responses of this service in five minutes had a status of 5xx. Error Reporting and the dashboard's errors by code say why. 503 with the code busy means that more selfies come than scan may analyse: raise its max_instances if they are wanted."
    }
    oldest_task = {
      title     = "A task has waited for 15 minutes"
      filter    = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND ${local.on_tasks}"
      aligner   = "ALIGN_MAX"
      reducer   = "REDUCE_MAX"
      by        = []
      threshold = 900
      what_now  = "Guests' tokens live for an hour. Either face-match fails (see its logs), or it has too few instances (see refused pushes on the dashboard, and the quota of vCPUs), or Google limits the rate of Drive calls."
    }
  }
}

resource "google_monitoring_alert_policy" "metric" {
  for_each = local.metric_alerts

  display_name          = each.value.title
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = each.value.title
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = "0s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = each.value.by
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = each.value.what_now
  }
}
