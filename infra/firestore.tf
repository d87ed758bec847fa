# The jobs.
resource "google_firestore_database" "default" {
  name        = "(default)"
  location_id = var.region
  type        = "FIRESTORE_NATIVE"
  # The jobs last, so terraform destroy leaves the database alone, and what was overwritten or deleted in the last
  # seven days can be read again. README.md says how.
  delete_protection_state = "DELETE_PROTECTION_ENABLED"
  deletion_policy         = "ABANDON"

  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"

  depends_on = [google_project_service.api]
}

# Scans, with the descriptors and encrypted tokens of their guests, and the faces of the photos. In a database of their own,
# since Firestore's rights end at databases: what uploads finished jobs, with API keys and the uploader's token, cannot read
# them. Without point-in-time recovery, which would keep for seven days what is erased.
resource "google_firestore_database" "scans" {
  name                    = "scans"
  location_id             = var.region
  type                    = "FIRESTORE_NATIVE"
  delete_protection_state = "DELETE_PROTECTION_DISABLED"
  deletion_policy         = "DELETE"

  depends_on = [google_project_service.api]
}

# firestore/indexes.json is the only list of indexes of that database, exemptions and TTL policies. The Firestore emulator of the Firebase
# tools reads it too.
#
# "*" stands for every field without an entry of its own. Only fields that are queried are indexed: every index entry
# costs a write, a group of files would have hundreds of them, and an index on a timestamp that only grows is limited to
# some 500 writes per second. events.at needs one for all scans together only where relays broadcast; the one of each scan
# does not limit others.
locals {
  firestore = jsondecode(file("${path.module}/firestore/indexes.json"))
}

resource "google_firestore_index" "composite" {
  for_each = {
    for index in local.firestore.indexes :
    join(".", concat([index.collectionGroup], index.fields[*].fieldPath)) => index
  }

  database    = google_firestore_database.scans.name
  collection  = each.value.collectionGroup
  query_scope = each.value.queryScope

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path = fields.value.fieldPath
      order      = fields.value.order
    }
  }
}

resource "google_firestore_field" "override" {
  for_each = {
    for field in local.firestore.fieldOverrides : "${field.collectionGroup}.${field.fieldPath}" => field
  }

  database   = google_firestore_database.scans.name
  collection = each.value.collectionGroup
  field      = each.value.fieldPath

  index_config {
    dynamic "indexes" {
      for_each = [
        for index in each.value.indexes : index
        if index.queryScope == "COLLECTION" || var.updates_broadcast == "on"
      ]
      content {
        order        = try(indexes.value.order, null)
        array_config = try(indexes.value.arrayConfig, null)
        query_scope  = indexes.value.queryScope
      }
    }
  }

  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [true] : []
    content {}
  }
}
