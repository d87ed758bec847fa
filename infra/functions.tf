locals {
  api_base_url = coalesce(var.api_base_url, "https://${var.project_id}.web.app/api/v1")
  site         = trimsuffix(local.api_base_url, "/api/v1")
  hosting      = ["https://${var.project_id}.web.app", "https://${var.project_id}.firebaseapp.com"]

  # For every function and for the relay. shared/platform/config.ts describes the variables.
  environment = {
    PLATFORM             = "cloud"
    GOOGLE_CLOUD_PROJECT = var.project_id
    LOG_LEVEL            = var.log_level
    API_BASE_URL         = local.api_base_url
    ALLOWED_ORIGINS      = join(",", distinct(concat([local.site], local.hosting, var.allowed_origins)))
    # Hosting appends the client's address to X-Forwarded-For, and Google's front end that of Hosting.
    TRUST_PROXY      = 2
    FACE_MATCH_TOPIC = google_pubsub_topic.face_match.name
  }

  # One entry per folder of functions/ that is deployed as a function. `secrets` maps variables to secrets.
  functions = {
    auth = {
      cpu            = 1
      memory         = "256Mi"
      concurrency    = 80
      min_instances  = 0
      max_instances  = 10
      timeout        = 60
      ingress        = "ALLOW_ALL"
      watch_document = null
      environment = {
        GOOGLE_CLIENT_ID    = var.guest_client_id
        GOOGLE_REDIRECT_URI = coalesce(var.guest_redirect_uri, "${local.site}/")
      }
      secrets = {
        GOOGLE_CLIENT_SECRET = "GUEST_CLIENT_SECRET"
      }
    }

    # Analyses selfies, so it needs the face engine's memory. An engine analyses one image at a time.
    scan = {
      cpu           = 1
      memory        = "2Gi"
      concurrency   = 4
      min_instances = 0
      # Anybody may send selfies to be analysed, so this limits what that costs.
      max_instances  = 5
      timeout        = 300
      ingress        = "ALLOW_ALL"
      watch_document = null
      environment = {
        FIRESTORE_DATABASE = google_firestore_database.scans.name
        # The number of photos analysed at the same time; decides how many files a scan has out.
        MATCH_CONCURRENCY = var.face_match_max_instances
        SCAN_MAX_FILES    = var.scan_max_files
        # For files whose faces are known from an earlier scan, which are compared here and not by the workers.
        MATCH_DISTANCE   = var.match_distance
        FACE_CACHE_HOURS = var.face_cache_hours
        # Scans need a token of this client.
        GOOGLE_CLIENT_ID = var.guest_client_id
        TOKEN_AUDIENCES  = join(",", var.token_audiences)
        # Clients call it at its own address, where anything before the last entry may be made up.
        TRUST_PROXY = var.api_domain == "" ? 1 : 2
      }
      secrets = {
        TOKEN_ENCRYPTION_KEY = "TOKEN_ENCRYPTION_KEY"
      }
    }

    # What clients ask of a scan that runs or has ended. Without the face engine: a burst of polls starts small instances.
    results = {
      cpu            = 1
      memory         = "512Mi"
      concurrency    = 80
      min_instances  = 0
      max_instances  = 5
      timeout        = 60
      ingress        = "ALLOW_ALL"
      watch_document = null
      environment = {
        FIRESTORE_DATABASE = google_firestore_database.scans.name
        # For whether two photos show the same face.
        MATCH_DISTANCE = var.match_distance
      }
      secrets = {}
    }

    # Makes previews of photos from their originals, one at a time; a large one takes as much memory as an analysis.
    preview = {
      cpu            = 1
      memory         = "2Gi"
      concurrency    = 4
      min_instances  = 0
      max_instances  = 5
      timeout        = 60
      ingress        = "ALLOW_ALL"
      watch_document = null
      environment = {
        FIRESTORE_DATABASE = google_firestore_database.scans.name
        # Photos of albums and uploads are read as the uploading account.
        GOOGLE_CLIENT_ID = var.uploader_client_id
      }
      secrets = {
        GOOGLE_CLIENT_SECRET = "UPLOADER_CLIENT_SECRET"
        GOOGLE_REFRESH_TOKEN = "GOOGLE_REFRESH_TOKEN"
      }
    }

    # Keeps the photos of some albums in memory, without the face engine, and streams originals. As sync it is public, checks
    # who organises itself, and is called by Scheduler.
    albums = {
      cpu            = 1
      memory         = "1Gi"
      concurrency    = 40
      min_instances  = 0
      max_instances  = 5
      timeout        = 540
      ingress        = "ALLOW_ALL"
      watch_document = null
      environment = {
        FIRESTORE_DATABASE = google_firestore_database.scans.name
        # As for scan: they decide what a scan that indexes has out, and how many photos an album has.
        MATCH_CONCURRENCY = var.face_match_max_instances
        SCAN_MAX_FILES    = var.scan_max_files
        # Folders are read as the uploading account.
        GOOGLE_CLIENT_ID  = var.uploader_client_id
        IDENTITY_AUDIENCE = local.api_base_url
        IDENTITY_EMAILS   = join(",", concat([google_service_account.scheduler.email], var.identity_emails))
      }
      secrets = {
        GOOGLE_CLIENT_SECRET = "UPLOADER_CLIENT_SECRET"
        GOOGLE_REFRESH_TOKEN = "GOOGLE_REFRESH_TOKEN"
        API_KEYS             = "API_KEYS"
      }
    }

    # Two images per instance: one is analysed while the next one is downloaded.
    face-match = {
      cpu            = var.face_match_cpu
      memory         = "2Gi"
      concurrency    = 2
      min_instances  = var.face_match_min_instances
      max_instances  = var.face_match_max_instances
      timeout        = 540
      ingress        = "ALLOW_INTERNAL_ONLY"
      watch_document = null
      environment = {
        FIRESTORE_DATABASE = google_firestore_database.scans.name
        MATCH_CONCURRENCY  = 1
        MATCH_DISTANCE     = var.match_distance
        FACE_CACHE_HOURS   = var.face_cache_hours
        # Photos of albums are read as the uploading account.
        GOOGLE_CLIENT_ID = var.uploader_client_id
      }
      secrets = {
        TOKEN_ENCRYPTION_KEY = "TOKEN_ENCRYPTION_KEY"
        GOOGLE_CLIENT_SECRET = "UPLOADER_CLIENT_SECRET"
        GOOGLE_REFRESH_TOKEN = "GOOGLE_REFRESH_TOKEN"
      }
    }

    face-match-dead-letter = {
      cpu            = 1
      memory         = "512Mi"
      concurrency    = 20
      min_instances  = 0
      max_instances  = 2
      timeout        = 60
      ingress        = "ALLOW_INTERNAL_ONLY"
      watch_document = null
      # For the index of a folder and the second look at it, where it ends a scan.
      environment = {
        FIRESTORE_DATABASE = google_firestore_database.scans.name
        MATCH_DISTANCE     = var.match_distance
        FACE_CACHE_HOURS   = var.face_cache_hours
      }
      secrets = {}
    }

    # One at a time: two would publish the same files again.
    reconcile = {
      cpu            = 1
      memory         = "512Mi"
      concurrency    = 1
      min_instances  = 0
      max_instances  = 1
      timeout        = 540
      ingress        = "ALLOW_INTERNAL_ONLY"
      watch_document = null
      # For the index of a folder and the second look at it, where it ends a scan.
      environment = {
        FIRESTORE_DATABASE = google_firestore_database.scans.name
        MATCH_DISTANCE     = var.match_distance
        FACE_CACHE_HOURS   = var.face_cache_hours
      }
      secrets = {}
    }

    # A request of 32 MiB, the platform's limit, is in memory twice: as the request, and as a temporary file.
    upload = {
      cpu            = 1
      memory         = "1Gi"
      concurrency    = 8
      min_instances  = 0
      max_instances  = 10
      timeout        = 300
      ingress        = "ALLOW_ALL"
      watch_document = null
      environment = {
        GOOGLE_CLIENT_ID    = var.uploader_client_id
        TARGET_FOLDER_ID    = var.target_folder_id
        DRIVE_UPLOAD_SOURCE = var.drive_upload_source
        QR_TARGET           = var.qr_target
        IDENTITY_AUDIENCE   = local.api_base_url
        IDENTITY_EMAILS     = join(",", var.identity_emails)
      }
      secrets = {
        GOOGLE_CLIENT_SECRET = "UPLOADER_CLIENT_SECRET"
        GOOGLE_REFRESH_TOKEN = "GOOGLE_REFRESH_TOKEN"
        API_KEYS             = "API_KEYS"
      }
    }

    # The timeout is shorter than the interval of Scheduler's calls.
    sync = {
      cpu            = 1
      memory         = "1Gi"
      concurrency    = 4
      min_instances  = 0
      max_instances  = 3
      timeout        = 540
      ingress        = "ALLOW_ALL"
      watch_document = null
      environment = {
        GOOGLE_CLIENT_ID    = var.uploader_client_id
        TARGET_FOLDER_ID    = var.target_folder_id
        DRIVE_UPLOAD_SOURCE = var.drive_upload_source
        QR_TARGET           = var.qr_target
        IDENTITY_AUDIENCE   = local.api_base_url
        IDENTITY_EMAILS     = join(",", concat([google_service_account.scheduler.email], var.identity_emails))
      }
      secrets = {
        GOOGLE_CLIENT_SECRET = "UPLOADER_CLIENT_SECRET"
        GOOGLE_REFRESH_TOKEN = "GOOGLE_REFRESH_TOKEN"
        API_KEYS             = "API_KEYS"
      }
    }

    qr = {
      cpu            = 1
      memory         = "256Mi"
      concurrency    = 80
      min_instances  = 0
      max_instances  = 10
      timeout        = 30
      ingress        = "ALLOW_ALL"
      watch_document = null
      environment    = {}
      secrets        = {}
    }

    job-done = {
      cpu            = 1
      memory         = "1Gi"
      concurrency    = 4
      min_instances  = 0
      max_instances  = 10
      timeout        = 300
      ingress        = "ALLOW_INTERNAL_ONLY"
      watch_document = "jobs/{jobId}"
      environment = {
        GOOGLE_CLIENT_ID    = var.uploader_client_id
        TARGET_FOLDER_ID    = var.target_folder_id
        DRIVE_UPLOAD_SOURCE = var.drive_upload_source
        QR_TARGET           = var.qr_target
      }
      secrets = {
        GOOGLE_CLIENT_SECRET = "UPLOADER_CLIENT_SECRET"
        GOOGLE_REFRESH_TOKEN = "GOOGLE_REFRESH_TOKEN"
      }
    }
  }
}

resource "google_storage_bucket" "source" {
  name                        = "${var.project_id}-function-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  depends_on = [google_project_service.api]
}

# npm run build makes dist/. A fixed file mode makes the archive the same on every machine.
data "archive_file" "source" {
  for_each = local.functions

  type             = "zip"
  source_dir       = "${path.module}/../dist/${each.key}"
  output_path      = "${path.module}/.build/${each.key}.zip"
  output_file_mode = "0644"
}

# Named after its content, so that new code is a new object and causes a deployment.
resource "google_storage_bucket_object" "source" {
  for_each = local.functions

  bucket = google_storage_bucket.source.name
  name   = "${each.key}-${data.archive_file.source[each.key].output_sha256}.zip"
  source = data.archive_file.source[each.key].output_path
}

# The functions' images, which Google builds. Without a repository of our own they go to gcf-artifacts, which grows for
# ever. Only the newest are needed: to go back, an earlier commit is built again.
resource "google_artifact_registry_repository" "functions" {
  repository_id          = "functions"
  location               = var.region
  format                 = "DOCKER"
  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "keep-the-last-three"
    action = "KEEP"
    most_recent_versions {
      keep_count = 3
    }
  }
  cleanup_policies {
    id     = "delete-older"
    action = "DELETE"
    condition {
      older_than = "7d"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_cloudfunctions2_function" "function" {
  for_each = local.functions

  name     = each.key
  location = var.region

  build_config {
    runtime = "nodejs24"
    # shared/platform/function/entry-point.ts does the same: an entry point has no hyphens.
    entry_point       = replace(each.key, "-", "_")
    service_account   = google_service_account.builder.id
    docker_repository = google_artifact_registry_repository.functions.id

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.source[each.key].name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.runtime[each.key].email
    available_cpu                    = tostring(each.value.cpu)
    available_memory                 = each.value.memory
    max_instance_request_concurrency = each.value.concurrency
    min_instance_count               = each.value.min_instances
    max_instance_count               = each.value.max_instances
    timeout_seconds                  = each.value.timeout
    ingress_settings                 = each.value.ingress == "ALLOW_ALL" && var.api_domain != "" ? "ALLOW_INTERNAL_AND_GCLB" : each.value.ingress
    environment_variables            = merge(local.environment, each.value.environment)

    dynamic "secret_environment_variables" {
      for_each = { for variable, secret in each.value.secrets : variable => secret if contains(keys(var.secret_versions), secret) }
      content {
        project_id = var.project_id
        key        = secret_environment_variables.key
        secret     = google_secret_manager_secret.secret[secret_environment_variables.value].secret_id
        version    = var.secret_versions[secret_environment_variables.value]
      }
    }
  }

  dynamic "event_trigger" {
    for_each = each.value.watch_document == null ? [] : [each.value.watch_document]
    content {
      # Covers creation, update and deletion: a job may be created with the status done.
      event_type            = "google.cloud.firestore.document.v1.written"
      trigger_region        = google_firestore_database.default.location_id
      service_account_email = google_service_account.trigger.email
      # sync uploads what fails here, at most ten minutes later.
      retry_policy = "RETRY_POLICY_DO_NOT_RETRY"

      event_filters {
        attribute = "database"
        value     = google_firestore_database.default.name
      }
      event_filters {
        attribute = "document"
        value     = event_trigger.value
        operator  = "match-path-pattern"
      }
    }
  }

  depends_on = [
    google_project_iam_member.builder,
    google_project_iam_member.event_receiver,
    google_project_iam_member.eventarc_agent,
    google_secret_manager_secret_iam_member.reader,
  ]
}
