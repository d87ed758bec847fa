resource "google_logging_project_bucket_config" "default" {
  project        = var.project_id
  location       = "global"
  bucket_id      = "_Default"
  retention_days = var.log_retention_days
}

# Clients may send a scan's key in the URL, as ?key=, and the platform logs URLs. Cloud Logging cannot take a part out of an
# entry, so entries with a key are not kept at all. What they count as stays in the platform's metrics.
resource "google_logging_project_exclusion" "scan_keys" {
  name        = "scan-keys"
  description = "Request logs whose URL contains the key of a scan, or a code of the guests' sign-in."
  filter      = "httpRequest.requestUrl=~\"[?&](key|code)=\""
}

# Counts the refused requests and failed files that the deployables log. Metrics count excluded entries too.
resource "google_logging_metric" "errors" {
  name        = "errors"
  description = "Refused requests and failed files, by the error's code."
  filter      = "resource.type=\"cloud_run_revision\" AND jsonPayload.code:*"

  label_extractors = {
    code = "EXTRACT(jsonPayload.code)"
  }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    labels {
      key        = "code"
      value_type = "STRING"
    }
  }
}
