data "google_project" "this" {
  project_id = var.project_id
}

# Mails the administrators of the billing account, and alert_email. It stops nothing: max_instances limits what can be spent.
resource "google_billing_budget" "month" {
  provider = google.billing
  count    = var.billing_account == "" ? 0 : 1

  billing_account = var.billing_account
  display_name    = "face-recon-drive"

  budget_filter {
    projects        = ["projects/${data.google_project.this.number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }

  threshold_rules {
    threshold_percent = 0.5
  }
  threshold_rules {
    threshold_percent = 1
  }
  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = google_monitoring_notification_channel.email[*].id
  }
}
