variable "project_id" {
  description = "The Google Cloud project. It needs a billing account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is the id, not the name or the number: 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "The region of everything. firebase.json contains it too: change both."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is a single region, such as us-central1; multi-regions like eur3 have no functions."
  }
}

variable "api_base_url" {
  description = "Public address up to and including /api/v1. Default: the project's Hosting address."
  type        = string
  default     = null

  validation {
    condition     = var.api_base_url == null || can(regex("^https://[^/]+/api/v1$", var.api_base_url))
    error_message = "api_base_url is https://HOST/api/v1, without a slash at the end."
  }
}

variable "api_domain" {
  description = "A host name of yours for the API, behind a load balancer with Cloud Armor; needs api_base_url and guest_redirect_uri. Empty: the API is behind Hosting, and limits count per instance."
  type        = string
  default     = ""

  validation {
    condition     = var.api_domain == "" || (var.api_base_url == "https://${var.api_domain}/api/v1" && var.guest_redirect_uri != null)
    error_message = "With api_domain, api_base_url is https://DOMAIN/api/v1 and guest_redirect_uri is the page's address."
  }
}

variable "api_requests_per_minute" {
  description = "Scans and selfie previews per minute and address, with api_domain. Guests of one party often share an address."
  type        = number
  default     = 60
}

variable "allowed_origins" {
  description = "Web origins that may call the API and open WebSockets, besides the project's Hosting addresses."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^https?://[^/,]+$", origin))])
    error_message = "An origin is https://HOST or http://HOST:PORT, without a path."
  }
}

variable "guest_client_id" {
  description = "OAuth client of type Web application that guests sign in with."
  type        = string

  validation {
    condition     = endswith(var.guest_client_id, ".apps.googleusercontent.com")
    error_message = "guest_client_id ends in .apps.googleusercontent.com."
  }
}

variable "token_audiences" {
  description = "Other OAuth clients whose access tokens may start scans, for a front end with its own sign-in. The word * allows any."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for client in var.token_audiences : client == "*" || endswith(client, ".apps.googleusercontent.com")])
    error_message = "token_audiences are client ids that end in .apps.googleusercontent.com, or *."
  }
}

variable "guest_redirect_uri" {
  description = "Redirect URI of the guests' sign-in, as registered with the OAuth client. Default: the page on Hosting."
  type        = string
  default     = null

  validation {
    condition     = var.guest_redirect_uri == null || can(regex("^https://", var.guest_redirect_uri))
    error_message = "guest_redirect_uri begins with https://."
  }
}

variable "uploader_client_id" {
  description = "OAuth client of type Desktop app that the uploader's refresh token was issued to. Empty: the functions upload with their own service accounts, which works for shared drives only."
  type        = string
  default     = ""

  validation {
    condition     = var.uploader_client_id == "" || endswith(var.uploader_client_id, ".apps.googleusercontent.com")
    error_message = "uploader_client_id ends in .apps.googleusercontent.com."
  }
}

variable "target_folder_id" {
  description = "Drive folder that uploads go to."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{10,}$", var.target_folder_id))
    error_message = "target_folder_id is the id at the end of the folder's link, not the link."
  }
}

variable "drive_upload_source" {
  description = "Which file of a job is uploaded: compressed (the result where there is none) or results."
  type        = string
  default     = "compressed"

  validation {
    condition     = contains(["compressed", "results"], var.drive_upload_source)
    error_message = "drive_upload_source is compressed or results."
  }
}

variable "qr_target" {
  description = "Where qr_url of uploads leads: download (the bytes of the file) or page (a page that shows it)."
  type        = string
  default     = "download"

  validation {
    condition     = contains(["download", "page"], var.qr_target)
    error_message = "qr_target is download or page."
  }
}

variable "identity_emails" {
  description = "Accounts whose Google identity tokens for api_base_url may upload, sync and make albums, in addition to callers with one of API_KEYS. Anybody can get a token for any audience, so the accounts are named one by one."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.identity_emails : can(regex("^[^@*, ]+@[^@*, ]+$", email))])
    error_message = "identity_emails are complete addresses of accounts or service accounts, not domains or patterns."
  }
}

variable "job_image_buckets" {
  description = "Cloud Storage buckets that the gs:// paths of jobs point to; read by upload, sync and job-done."
  type        = set(string)
  default     = []
}

variable "secret_versions" {
  description = "The version of each secret in use. Numbers, so that a new value is a deployment that can be undone. A secret that is left out is not set."
  type        = map(string)
  default = {
    TOKEN_ENCRYPTION_KEY   = "1"
    GUEST_CLIENT_SECRET    = "1"
    UPLOADER_CLIENT_SECRET = "1"
    GOOGLE_REFRESH_TOKEN   = "1"
    API_KEYS               = "1"
  }

  validation {
    condition     = alltrue([for name in ["TOKEN_ENCRYPTION_KEY", "GUEST_CLIENT_SECRET"] : contains(keys(var.secret_versions), name)])
    error_message = "TOKEN_ENCRYPTION_KEY and GUEST_CLIENT_SECRET are always needed."
  }

  validation {
    condition     = alltrue([for version in values(var.secret_versions) : can(regex("^[1-9][0-9]*$", version))])
    error_message = "Versions are numbers. With latest, some instances would run with the old value and some with the new one."
  }

  validation {
    condition     = var.uploader_client_id == "" || alltrue([for name in ["UPLOADER_CLIENT_SECRET", "GOOGLE_REFRESH_TOKEN"] : contains(keys(var.secret_versions), name)])
    error_message = "With an uploader_client_id, UPLOADER_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN are needed."
  }
}

variable "face_match_max_instances" {
  description = "The number of photos analysed at the same time. Also decides how many groups of 100 files a scan keeps open."
  type        = number
  default     = 20

  validation {
    condition     = var.face_match_max_instances >= 1 && var.face_match_max_instances <= 256 && floor(var.face_match_max_instances) == var.face_match_max_instances
    error_message = "face_match_max_instances is a whole number from 1 to 256."
  }
}

variable "face_match_min_instances" {
  description = "Instances of face-match that always run. Each of them costs money all the time."
  type        = number
  default     = 0

  validation {
    condition     = var.face_match_min_instances >= 0 && var.face_match_min_instances <= var.face_match_max_instances
    error_message = "face_match_min_instances is between 0 and face_match_max_instances."
  }
}

variable "face_match_cpu" {
  description = "vCPUs of a face-match instance. An image is analysed in one thread; a second vCPU only helps with decoding."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2], var.face_match_cpu)
    error_message = "face_match_cpu is 1 or 2."
  }
}

variable "match_distance" {
  description = "Faces with a smaller distance than this are the same person."
  type        = number
  default     = 0.45

  validation {
    condition     = var.match_distance > 0 && var.match_distance <= 2
    error_message = "match_distance is above 0 and at most 2."
  }
}

variable "face_cache_hours" {
  description = "Hours for which the faces found in a file are kept for later scans; 0 keeps none."
  type        = number
  default     = 24

  validation {
    condition     = var.face_cache_hours >= 0 && var.face_cache_hours <= 720
    error_message = "face_cache_hours is between 0 and 720."
  }
}

variable "scan_max_files" {
  description = "A scan of a folder with more images than this is refused."
  type        = number
  default     = 20000

  validation {
    condition     = var.scan_max_files >= 1 && var.scan_max_files <= 100000
    error_message = "scan_max_files is between 1 and 100,000."
  }
}

variable "relay_image" {
  description = "The relay's image in Artifact Registry, with a tag that names a commit, or a digest."
  type        = string

  validation {
    condition     = can(regex("^[^:@]+(:[^:@/]+|@sha256:[0-9a-f]{64})$", var.relay_image)) && !endswith(var.relay_image, ":latest")
    error_message = "relay_image ends in :TAG or @sha256:DIGEST. With :latest, Terraform would not see a new image."
  }
}

variable "relay_min_instances" {
  description = "Relay instances that always run. At 0 the first WebSocket waits for a cold start."
  type        = number
  default     = 0

  validation {
    condition     = var.relay_min_instances >= 0 && var.relay_min_instances <= var.relay_max_instances
    error_message = "relay_min_instances is between 0 and relay_max_instances."
  }
}

variable "relay_max_instances" {
  description = "Most instances of the relay, each for 1,000 WebSockets."
  type        = number
  default     = 4

  validation {
    condition     = var.relay_max_instances >= 1 && var.relay_max_instances <= 100
    error_message = "relay_max_instances is between 1 and 100."
  }
}

variable "updates_broadcast" {
  description = "off: a scan and its key are required. on: WebSockets without a scan_id get the events of all scans, as the contract says; that shows guests each other's file names, and limits all scans together to some 500 events per second."
  type        = string
  default     = "off"

  validation {
    condition     = contains(["on", "off"], var.updates_broadcast)
    error_message = "updates_broadcast is on or off."
  }
}

variable "log_level" {
  description = "The lowest level that is logged."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info", "warn", "error", "silent"], var.log_level)
    error_message = "log_level is debug, info, warn, error or silent."
  }
}

variable "github_repository" {
  description = "OWNER/NAME of the GitHub repository whose workflow deploys. Empty: nothing is set up for it."
  type        = string
  default     = ""

  validation {
    condition     = var.github_repository == "" || can(regex("^[\\w.-]+/[\\w.-]+$", var.github_repository))
    error_message = "github_repository is OWNER/NAME."
  }
}

variable "log_retention_days" {
  description = "Days for which log entries are kept. More than 30 cost money."
  type        = number
  default     = 30

  validation {
    condition     = var.log_retention_days >= 1 && var.log_retention_days <= 3650
    error_message = "log_retention_days is between 1 and 3650."
  }
}

variable "billing_account" {
  description = "The billing account, such as 012345-6789AB-CDEF01, for a budget of this project. Empty: no budget."
  type        = string
  default     = ""

  validation {
    condition     = var.billing_account == "" || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account is the account's id: three groups of six hexadecimal digits."
  }
}

variable "monthly_budget" {
  description = "Whole units of the billing account's currency. Mails are sent at half of it, at all of it, and when it is foreseen."
  type        = number
  default     = 50

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "monthly_budget is a whole number of at least 1."
  }
}

variable "alert_email" {
  description = "Address for alerts and for the budget. Empty: incidents are only shown in the console."
  type        = string
  default     = ""

  validation {
    condition     = var.alert_email == "" || can(regex("^[^@ ]+@[^@ ]+$", var.alert_email))
    error_message = "alert_email is a single address."
  }
}
