# Each environment is a project of its own. variables.tf describes the settings.
project_id         = "my-project"
region             = "us-central1"
guest_client_id    = "000000000000-guests.apps.googleusercontent.com"
uploader_client_id = "000000000000-uploader.apps.googleusercontent.com"
target_folder_id   = "id-of-the-drive-folder"
alert_email        = "operator@example.com"

# Instances that always run make the first scan faster and cost money all the time.
face_match_max_instances = 20
relay_max_instances      = 4
