resource "google_cloud_scheduler_job" "reconcile" {
  name             = "reconcile"
  description      = "Continues scans that stopped, and deletes what has expired."
  region           = var.region
  schedule         = "*/5 * * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "540s"

  http_target {
    http_method = "POST"
    uri         = "${google_cloudfunctions2_function.function["reconcile"].service_config[0].uri}/api/v1/reconcile"

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = google_cloudfunctions2_function.function["reconcile"].service_config[0].uri
    }
  }

  depends_on = [google_cloud_run_v2_service_iam_member.scheduler]
}

resource "google_cloud_scheduler_job" "sync" {
  name             = "sync"
  description      = "Uploads the files of finished jobs that are not in Drive yet."
  region           = var.region
  schedule         = "*/10 * * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "540s"

  http_target {
    http_method = "POST"
    uri         = "${google_cloudfunctions2_function.function["sync"].service_config[0].uri}/api/v1/drive/sync"

    # sync is public and checks its callers' tokens itself, against IDENTITY_AUDIENCE.
    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = local.functions.sync.environment.IDENTITY_AUDIENCE
    }
  }
}

resource "google_cloud_scheduler_job" "albums" {
  name             = "albums"
  description      = "Brings albums up to date with their folders."
  region           = var.region
  schedule         = "* * * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "540s"

  http_target {
    http_method = "POST"
    uri         = "${google_cloudfunctions2_function.function["albums"].service_config[0].uri}/api/v1/albums/refresh"

    # As sync.
    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = local.functions.albums.environment.IDENTITY_AUDIENCE
    }
  }
}
