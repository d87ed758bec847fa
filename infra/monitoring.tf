module "monitoring" {
  source = "./monitoring"

  project_id         = var.project_id
  subscription       = google_pubsub_subscription.face_match.name
  matcher            = google_cloudfunctions2_function.function["face-match"].name
  dead_letters       = google_cloudfunctions2_function.function["face-match-dead-letter"].name
  scheduled          = [for job in [google_cloud_scheduler_job.reconcile, google_cloud_scheduler_job.sync, google_cloud_scheduler_job.albums] : job.name]
  alert_email        = var.alert_email
  log_retention_days = var.log_retention_days
  billing_account    = var.billing_account
  monthly_budget     = var.monthly_budget

  providers = {
    google         = google
    google.billing = google.billing
  }

  depends_on = [google_project_service.api]
}
