# Who may call what. Calls of a function without an entry are refused.

# Public functions, named one by one. The code itself checks what a caller may do: by the Google token and the key of a
# scan, by an API key or an identity token for uploads and for organisers of albums.
resource "google_cloud_run_v2_service_iam_member" "public_function" {
  for_each = toset(["auth", "scan", "results", "preview", "albums", "upload", "sync", "qr"])

  name     = google_cloudfunctions2_function.function[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "public_relay" {
  name     = google_cloud_run_v2_service.relay.name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "push" {
  for_each = toset(["face-match", "face-match-dead-letter"])

  name     = google_cloudfunctions2_function.function[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.push.member
}

resource "google_cloud_run_v2_service_iam_member" "trigger" {
  name     = google_cloudfunctions2_function.function["job-done"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.trigger.member
}

resource "google_cloud_run_v2_service_iam_member" "scheduler" {
  name     = google_cloudfunctions2_function.function["reconcile"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

# Where there is a domain for the API, its load balancer is the only way to the public functions. Scheduler still reaches
# sync and albums, since its calls count as internal.
module "armor" {
  source = "./armor"
  count  = var.api_domain == "" ? 0 : 1

  domain              = var.api_domain
  region              = var.region
  services            = [for name in keys(google_cloud_run_v2_service_iam_member.public_function) : google_cloudfunctions2_function.function[name].name]
  requests_per_minute = var.api_requests_per_minute

  depends_on = [google_project_service.api]
}
