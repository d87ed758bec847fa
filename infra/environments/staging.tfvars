# A project of its own, of the smallest size at which several instances run beside each other.
project_id         = "my-project-staging"
region             = "us-central1"
guest_client_id    = "000000000001-guests.apps.googleusercontent.com"
uploader_client_id = "000000000001-uploader.apps.googleusercontent.com"
target_folder_id   = "id-of-another-drive-folder"
alert_email        = "operator@example.com"

face_match_max_instances = 3
relay_max_instances      = 2
log_retention_days       = 7
