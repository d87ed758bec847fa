locals {
  on_tasks   = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${var.subscription}\""
  on_matcher = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${var.matcher}\""
  on_any     = "resource.type=\"cloud_run_revision\""

  # One line chart per entry.
  charts = [
    {
      title   = "Files per second"
      filter  = "metric.type=\"pubsub.googleapis.com/subscription/push_request_count\" AND ${local.on_tasks} AND metric.labels.response_class=\"ack\""
      aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = []
    },
    {
      title   = "Refused pushes per second (no instance of face-match was free)"
      filter  = "metric.type=\"run.googleapis.com/request_count\" AND ${local.on_matcher} AND metric.labels.response_code=\"429\""
      aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = []
    },
    {
      title   = "Pushes per second, by how they ended"
      filter  = "metric.type=\"pubsub.googleapis.com/subscription/push_request_count\" AND ${local.on_tasks}"
      aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.labels.response_class"]
    },
    {
      title   = "Age of the oldest task, seconds"
      filter  = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND ${local.on_tasks}"
      aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", by = []
    },
    {
      title   = "Engine: paid seconds of face-match per second"
      filter  = "metric.type=\"run.googleapis.com/container/billable_instance_time\" AND ${local.on_matcher}"
      aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = []
    },
    {
      title   = "Engine: milliseconds per file, 95th percentile"
      filter  = "metric.type=\"run.googleapis.com/request_latencies\" AND ${local.on_matcher}"
      aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", by = []
    },
    {
      title   = "Errors per second, by code"
      filter  = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.errors.name}\" AND ${local.on_any}"
      aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.labels.code"]
    },
    {
      title   = "5xx responses per second, by service"
      filter  = "metric.type=\"run.googleapis.com/request_count\" AND ${local.on_any} AND metric.labels.response_code_class=\"5xx\""
      aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["resource.labels.service_name"]
    },
  ]
}

resource "google_monitoring_dashboard" "scans" {
  dashboard_json = jsonencode({
    displayName = "face-recon-drive"
    gridLayout = {
      columns = 2
      widgets = [for chart in local.charts : {
        title = chart.title
        xyChart = {
          dataSets = [{
            plotType = "LINE"
            timeSeriesQuery = {
              timeSeriesFilter = {
                filter = chart.filter
                aggregation = {
                  alignmentPeriod    = "60s"
                  perSeriesAligner   = chart.aligner
                  crossSeriesReducer = chart.reducer
                  groupByFields      = chart.by
                }
              }
            }
          }]
        }
      }]
    }
  })
}
