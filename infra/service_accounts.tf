# Every function, and the relay, has an account of its own with no more rights than it needs.
resource "google_service_account" "runtime" {
  for_each = toset(concat(keys(local.functions), ["relay"]))

  account_id   = "frd-${each.key}"
  display_name = "face-recon-drive ${each.key}"

  depends_on = [google_project_service.api]
}

# Firestore's roles apply to whole databases: their permissions, and conditions, know nothing below one. So each account has
# a right to one database alone.
locals {
  database_users = {
    "scans"     = ["scan", "results", "preview", "albums", "face-match", "face-match-dead-letter", "reconcile"]
    "(default)" = ["upload", "sync", "job-done"]
  }
  database_of = merge([for database, names in local.database_users : { for name in names : name => database }]...)
}

resource "google_project_iam_member" "database_user" {
  for_each = local.database_of

  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.runtime[each.key].member

  condition {
    title      = "database ${each.value}"
    expression = "resource.name == \"projects/${var.project_id}/databases/${each.value}\""
  }
}

# The relay only reads.
resource "google_project_iam_member" "database_viewer" {
  project = var.project_id
  role    = "roles/datastore.viewer"
  member  = google_service_account.runtime["relay"].member

  condition {
    title      = "database scans"
    expression = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.scans.name}\""
  }
}

# Each of these may record a file's event, and whoever does may have to publish the scan's next group. albums starts scans.
resource "google_pubsub_topic_iam_member" "task_publisher" {
  for_each = toset(["scan", "albums", "face-match", "face-match-dead-letter", "reconcile"])

  topic  = google_pubsub_topic.face_match.id
  role   = "roles/pubsub.publisher"
  member = google_service_account.runtime[each.key].member
}

resource "google_storage_bucket_iam_member" "job_image_reader" {
  for_each = {
    for pair in setproduct(["upload", "sync", "job-done"], var.job_image_buckets) :
    "${pair[0]} ${pair[1]}" => { function = pair[0], bucket = pair[1] }
  }

  bucket = each.value.bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.runtime[each.value.function].member
}

# Builds the functions. Builds run npm install, so this account has only the three roles that Google documents.
resource "google_service_account" "builder" {
  account_id   = "frd-builder"
  display_name = "face-recon-drive builds"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "builder" {
  for_each = toset(["roles/logging.logWriter", "roles/storage.objectViewer", "roles/artifactregistry.writer"])

  project = var.project_id
  role    = each.key
  member  = google_service_account.builder.member
}

# The callers: Pub/Sub (tasks), Eventarc (changes of jobs) and Scheduler. invokers.tf lists what each may call.
resource "google_service_account" "push" {
  account_id   = "frd-push"
  display_name = "face-recon-drive Pub/Sub pushes"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "trigger" {
  account_id   = "frd-trigger"
  display_name = "face-recon-drive Firestore trigger"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "scheduler" {
  account_id   = "frd-scheduler"
  display_name = "face-recon-drive Scheduler"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "event_receiver" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.trigger.member
}

# Pub/Sub signs the identity tokens of its pushes, which also deliver the trigger's events, as these accounts.
resource "google_service_account_iam_member" "push_signer" {
  for_each = {
    push    = google_service_account.push.name
    trigger = google_service_account.trigger.name
  }

  service_account_id = each.value
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_project_service_identity.pubsub.member
}
