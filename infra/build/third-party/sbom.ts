import { ComponentType, ExternalReferenceType, HashAlgorithm } from '@cyclonedx/cyclonedx-library/Enums'
import {
  Bom,
  Component,
  ExternalReference,
  ExternalReferenceRepository,
  HashDictionary,
  LicenseExpression,
  LicenseRepository,
  NamedLicense,
} from '@cyclonedx/cyclonedx-library/Models'
import { JSON as Json, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize'
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec'
import type { ThirdParty } from './packages.ts'

/**
 * A software bill of materials in CycloneDX 1.6: every package with its version, licence, address and hash. Without a date
 * and a serial number, so that the same code is the same archive.
 */
export function sbom(deployable: string, version: string, packages: readonly ThirdParty[]): string {
  const bom = new Bom()
  bom.metadata.component = new Component(ComponentType.Application, deployable, {
    version,
    bomRef: deployable,
  })
  for (const { name, version, license, url, sha512 } of packages) {
    // Of the characters in a name, a package URL encodes the @ of a scope.
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
    const component = new Component(ComponentType.Library, name, {
      version,
      purl,
      bomRef: purl,
      hashes: new HashDictionary([[HashAlgorithm['SHA-512'], sha512]]),
      licenses: new LicenseRepository([toLicense(license)]),
      externalReferences: new ExternalReferenceRepository([
        new ExternalReference(url, ExternalReferenceType.Distribution),
      ]),
    })
    bom.components.add(component)
    bom.metadata.component.dependencies.add(component.bomRef)
  }
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6))
  return `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`
}

/** What packages give beside SPDX expressions, such as "SEE LICENSE IN LICENSE", is a name. */
function toLicense(license: string) {
  return /^\(?[\w.+-]+( (AND|OR|WITH) [\w.+-]+)*\)?$/.test(license)
    ? new LicenseExpression(license)
    : new NamedLicense(license)
}
