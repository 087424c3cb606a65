//! What each format says of a component reaches the component.

use bongsu_advisory::{VexAnswer, VexSubject};
use bongsu_formats::Limits;
use bongsu_formats::inventories::read;
use bongsu_inventory::ComponentKind::{
    Application, CryptographicAsset, Device, Firmware, Library, Model, OperatingSystem,
};
use bongsu_inventory::{Component, ComponentKind, Distribution, Inventory};
use bongsu_package::{Family, ProductName};

fn inventory(name: &str, text: &str) -> Inventory {
    let mut found = read(name, text.as_bytes(), &Limits::default());
    assert!(found.quarantined.is_empty(), "{:?}", found.quarantined);
    assert_eq!(found.inventories.len(), 1, "{name} is one inventory");
    found.inventories.remove(0)
}

/// What the table of a test compares.
fn row(component: &Component) -> (&str, &str, ComponentKind, String) {
    let package = component.package.as_ref().map(ToString::to_string);
    let version = component.version.as_deref().unwrap_or("none");
    (&component.name, version, component.kind, package.unwrap_or_default())
}

const CYCLONEDX_JSON: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{
  "timestamp":"2026-03-02T18:00:00+09:00",
  "component":{"type":"device","bom-ref":"box","name":"Gateway 9000","version":"4.2",
    "supplier":{"name":"Invented Networks"}}},
 "components":[
  {"type":"operating-system","name":"debian","version":"12"},
  {"type":"library","group":"org.invented","name":"core","version":"2.0",
   "purl":"pkg:maven/org.invented/core@2.0","licenses":[{"license":{"id":"MIT"}}],
   "components":[{"type":"library","name":"inner","version":"0.1","purl":"pkg:npm/inner@0.1"}]},
  {"type":"library","name":"libthing1","version":"1.2-3","purl":"pkg:deb/debian/libthing1@1.2-3?arch=amd64&upstream=thing%401.2-2&distro=debian-12"},
  {"type":"machine-learning-model","name":"speech","publisher":"Invented Models"},
  {"type":"firmware","name":"boot","version":"7"},
  {"type":"cryptographic-asset","name":"TLS"}],
 "services":[{"name":"api","provider":{"name":"Invented Cloud"},"version":"3"}]}"#;

const CYCLONEDX_XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata>
  <timestamp>2026-03-02T18:00:00+09:00</timestamp>
  <tools><components><component type="application"><name>scanner</name></component></components></tools>
  <component type="device" bom-ref="box"><supplier><name>Invented Networks</name>
    <contact><name>A Person</name></contact></supplier>
    <name>Gateway 9000</name><version>4.2</version></component></metadata>
 <components>
  <component type="operating-system"><name>debian</name><version>12</version></component>
  <component type="library"><group>org.invented</group><name>core</name><version>2.0</version>
   <licenses><license><name>of its own</name></license></licenses>
   <purl>pkg:maven/org.invented/core@2.0</purl>
   <pedigree><ancestors><component type="library"><name>ancestor</name></component></ancestors></pedigree>
   <components><component type="library"><name>inner</name><version>0.1</version>
    <purl>pkg:npm/inner@0.1</purl></component></components></component>
  <component type="library"><name>libthing1</name><version>1.2-3</version>
   <purl>pkg:deb/debian/libthing1@1.2-3?arch=amd64&amp;upstream=thing%401.2-2&amp;distro=debian-12</purl></component>
  <component type="machine-learning-model"><publisher>Invented Models</publisher><name>speech</name></component>
  <component type="firmware"><name>boot</name><version>7</version></component>
  <component type="cryptographic-asset"><name>TLS</name></component></components>
 <services><service><provider><name>Invented Cloud</name></provider><name>api</name><version>3</version></service></services>
</bom>"#;

#[test]
fn cyclonedx_says_the_same_in_json_and_in_xml() {
    let json = inventory("bom", CYCLONEDX_JSON);
    let xml = inventory("bom", CYCLONEDX_XML);
    assert_eq!(format!("{json:#?}"), format!("{xml:#?}"));

    assert_eq!(json.system, "Gateway 9000");
    assert_eq!(json.as_of, Some("2026-03-02T09:00:00Z".parse().unwrap()));
    let debian = Distribution { id: "debian".into(), version: Some("12".into()) };
    assert_eq!(json.distribution, Some(debian));
    #[rustfmt::skip]
    let table = [
        // name                version field                             package                   kind                why
        ("Gateway 9000",       "4.2",  "/metadata/component",            "",                       Device,             "the product itself counts"),
        ("debian",             "12",   "/components/0",                  "",                       OperatingSystem,    ""),
        ("org.invented:core",  "2.0",  "/components/1",                  "maven/org.invented:core", Library,           "the group is part of the name"),
        ("inner",              "0.1",  "/components/1/components/0",     "npm/inner",              Library,            "nested after its parent"),
        ("libthing1",          "1.2-3","/components/2",                  "debian:12/libthing1",    Library,            "the release of its distribution"),
        ("speech",             "none", "/components/3",                  "",                       Model,              ""),
        ("boot",               "7",    "/components/4",                  "",                       Firmware,           ""),
        ("TLS",                "none", "/components/5",                  "",                       CryptographicAsset, ""),
        ("api",                "3",    "/services/0",                    "",                       Application,        "a service is software too"),
    ];
    assert_eq!(json.components.len(), table.len());
    for (component, (name, version, field, package, kind, why)) in json.components.iter().zip(table)
    {
        assert_eq!(row(component), (name, version, kind, package.to_owned()), "{why}");
        assert_eq!(component.field, field, "{why}");
    }
    let product = ProductName::new("Invented Networks", "Gateway 9000");
    assert_eq!(json.components[0].product, product);
    let source = json.components[4].source.as_ref().unwrap();
    assert_eq!((source.name.as_str(), source.version.as_deref()), ("thing", Some("1.2-2")));
    assert_eq!(json.components[4].architecture.as_deref(), Some("amd64"));
}

#[test]
fn statements_inside_a_document_speak_of_its_own_components() {
    let json = r#"{"bomFormat":"CycloneDX","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
      "vulnerabilities":[
       {"id":"CVE-2021-44228","analysis":{"state":"not_affected","justification":"code_not_present","detail":"a & b"},"affects":[{"ref":"a"}]},
       {"id":"CVE-2021-45046","analysis":{"state":"exploitable"},"affects":[{"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a"}]},
       {"id":"CVE-2021-45105","affects":[{"ref":"a"}]}],
      "metadata":{"timestamp":"2026-03-02T09:00:00Z","supplier":{"name":"Invented Makers"}},
      "components":[{"bom-ref":"a","name":"a","version":"1"}]}"#;
    let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.5" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79">
      <metadata><timestamp>2026-03-02T09:00:00Z</timestamp><supplier><name>Invented Makers</name></supplier></metadata>
      <components><component bom-ref="a" type="library"><name>a</name><version>1</version></component></components>
      <vulnerabilities>
       <vulnerability><id>CVE-2021-44228</id><source><url>x</url></source><ratings><rating/></ratings>
        <analysis><state>not_affected</state><justification>code_not_present</justification><detail>a &amp; b</detail></analysis>
        <affects><target><ref>a</ref></target></affects></vulnerability>
       <vulnerability><id>CVE-2021-45046</id><analysis><state>exploitable</state></analysis>
        <affects><target><ref>urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a</ref></target></affects></vulnerability>
       <vulnerability><id>CVE-2021-45105</id><affects><target><ref>a</ref></target></affects></vulnerability>
      </vulnerabilities></bom>"#;
    for text in [json, xml] {
        let found = read("bom", text.as_bytes(), &Limits::default());
        assert!(found.quarantined.is_empty(), "{:?}", found.quarantined);
        let said: Vec<_> =
            found.statements.iter().map(|s| (s.vulnerability.as_str(), s.answer)).collect();
        let expected =
            [("CVE-2021-44228", VexAnswer::NotAffected), ("CVE-2021-45046", VexAnswer::Affected)];
        assert_eq!(said, expected, "a finding without analysis states nothing");
        assert!(found.statements[0].words.as_deref().is_some_and(|words| words.contains("a & b")));
        for statement in &found.statements {
            assert_eq!(statement.subjects, [VexSubject::Reference("a".into())]);
            assert_eq!(statement.asserter, "Invented Makers");
            assert_eq!(statement.at, found.inventories[0].as_of);
            assert_eq!(statement.place.document, "bom");
        }
    }
}

#[test]
fn the_properties_of_known_tools_complete_a_component() {
    let read = inventory(
        "bom.json",
        r#"{"bomFormat":"CycloneDX","components":[
        {"name":"openssl-libs","version":"3.0.7-18.el9","purl":"pkg:rpm/redhat/openssl-libs@3.0.7-18.el9?epoch=1&arch=x86_64&distro=redhat-9.3",
         "properties":[{"name":"aquasecurity:trivy:SrcName","value":"openssl"},{"name":"aquasecurity:trivy:SrcVersion","value":"3.0.7"},
          {"name":"aquasecurity:trivy:SrcRelease","value":"18.el9"},{"name":"aquasecurity:trivy:SrcEpoch","value":"1"}]},
        {"name":"libacl","version":"2.3.1-4.el9","purl":"pkg:rpm/redhat/libacl@2.3.1-4.el9?arch=x86_64&distro=rhel-9.3",
         "properties":[{"name":"syft:metadata:epoch","value":"0"},{"name":"syft:metadata:sourceRpm","value":"acl-2.3.1-4.el9.src.rpm"}]}]}"#,
    );
    #[rustfmt::skip]
    let table = [
        ("1:3.0.7-18.el9", "openssl", "1:3.0.7-18.el9", "the epoch stands in a field of its own"),
        ("0:2.3.1-4.el9",  "acl",     "0:2.3.1-4.el9",  "a stated zero is not silence"),
    ];
    for (component, (version, source, source_version, why)) in read.components.iter().zip(table) {
        assert_eq!(component.version.as_deref(), Some(version), "{why}");
        let read = component.source.as_ref().unwrap();
        assert_eq!((&*read.name, read.version.as_deref()), (source, Some(source_version)), "{why}");
    }
}

#[test]
fn a_python_package_that_debian_installed_is_debians() {
    let text = |path: &str, version: &str| {
        format!(
            r#"{{"bomFormat":"CycloneDX","components":[
            {{"name":"six","version":"{version}","purl":"pkg:pypi/six@{version}","properties":[
              {{"name":"syft:location:0:path","value":"{path}"}}]}},
            {{"name":"python3-six","version":"1.16.0-4","purl":"pkg:deb/debian/python3-six@1.16.0-4?distro=debian-12"}}]}}"#
        )
    };
    #[rustfmt::skip]
    let table = [
        ("/usr/lib/python3/dist-packages/six-1.16.0.egg-info",   "1.16.0", Some(1), "Debian's folder, name and version"),
        ("/usr/local/lib/python3.11/dist-packages/six/METADATA", "1.16.0", None,    "pip's folder"),
        ("/usr/lib/python3/dist-packages/six-1.15.0.egg-info",   "1.15.0", None,    "not the version Debian packaged"),
    ];
    for (path, version, owner, why) in table {
        assert_eq!(inventory("bom.json", &text(path, version)).components[0].owner, owner, "{why}");
    }
}

const SPDX_JSON: &str = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"image",
 "creationInfo":{"created":"2026-03-02T09:00:00Z","creators":["Tool: invented"]},
 "packages":[
  {"SPDXID":"SPDXRef-box","name":"Gateway","versionInfo":"4.2","primaryPackagePurpose":"DEVICE",
   "supplier":"Organization: Invented Networks (security@invented.example)"},
  {"SPDXID":"SPDXRef-deb","name":"python3-six","versionInfo":"1.16.0-4","externalRefs":[
   {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/python3-six@1.16.0-4?arch=all&upstream=six&distro=debian-12"}]},
  {"SPDXID":"SPDXRef-six","name":"six","versionInfo":"1.16.0","originator":"Person: A. Person","externalRefs":[
   {"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl","referenceLocator":"pkg:pypi/six@1.16.0"}]},
  {"SPDXID":"SPDXRef-none","name":"nothing","versionInfo":"NOASSERTION"}],
 "relationships":[
  {"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-box"},
  {"spdxElementId":"SPDXRef-deb","relationshipType":"OTHER","relatedSpdxElement":"SPDXRef-six",
   "comment":"ownership-by-file-overlap: indicates that the parent package claims ownership"}]}"#;

const SPDX_TAG_VALUE: &str = "SPDXVersion: SPDX-2.3\r
SPDXID: SPDXRef-DOCUMENT\r
DocumentName: image\r
Created: 2026-03-02T09:00:00Z\r
CreatorComment: <text>over\r
PackageName: not a package\r
two lines</text>\r
# a comment\r
PackageName: Gateway\r
SPDXID: SPDXRef-box\r
PackageVersion: 4.2\r
PrimaryPackagePurpose: DEVICE\r
PackageSupplier: Organization: Invented Networks (security@invented.example)\r
PackageName: python3-six\r
SPDXID: SPDXRef-deb\r
PackageVersion: 1.16.0-4\r
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/python3-six@1.16.0-4?arch=all&upstream=six&distro=debian-12\r
PackageName: six\r
SPDXID: SPDXRef-six\r
PackageVersion: 1.16.0\r
PackageOriginator: Person: A. Person\r
ExternalRef: PACKAGE_MANAGER purl pkg:pypi/six@1.16.0\r
FileName: ./six.py\r
SPDXID: SPDXRef-file\r
PackageName: nothing\r
SPDXID: SPDXRef-none\r
PackageVersion: NOASSERTION\r
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-box\r
Relationship: SPDXRef-deb OTHER SPDXRef-six\r
RelationshipComment: <text>ownership-by-file-overlap: indicates that</text>\r
";

#[test]
fn spdx_2_says_the_same_in_json_and_in_tags_and_values() {
    for (name, text) in [("image.spdx.json", SPDX_JSON), ("image.spdx", SPDX_TAG_VALUE)] {
        let read = inventory(name, text);
        assert_eq!(read.system, "Gateway", "{name}: the one it describes");
        assert_eq!((read.subject, read.listed()), (Some(0), 3), "{name}: it is none of the list");
        assert_eq!(read.distribution.as_ref().map(|d| &*d.id), Some("debian"), "{name}");
        assert_eq!(read.as_of, Some("2026-03-02T09:00:00Z".parse().unwrap()), "{name}");
        let rows: Vec<_> = read.components.iter().map(row).collect();
        #[rustfmt::skip]
        let expected = [
            ("Gateway",     "4.2",      ComponentKind::Device,  String::new()),
            ("python3-six", "1.16.0-4", ComponentKind::Library, "debian:12/python3-six".into()),
            ("six",         "1.16.0",   ComponentKind::Library, "pypi/six".into()),
            ("nothing",     "none",     ComponentKind::Library, String::new()),
        ];
        assert_eq!(rows, expected, "{name}");
        let product = ProductName::new("Invented Networks", "Gateway");
        assert_eq!(read.components[0].product, product, "{name}: without prefix and address");
        assert_eq!(read.components[1].source.as_ref().unwrap().name, "six", "{name}");
        assert_eq!(read.components[2].owner, Some(1), "{name}: the relation says so");
        assert_eq!(read.components[2].reference.as_deref(), Some("SPDXRef-six"), "{name}");
    }
}

#[test]
fn a_file_that_two_packages_contain_belongs_to_the_distributions() {
    let relation = SPDX_JSON.find(r#"{"spdxElementId":"SPDXRef-deb""#).unwrap();
    let text = [
        &SPDX_JSON[..relation],
        r#"{"spdxElementId":"SPDXRef-deb","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-f"},
        {"spdxElementId":"SPDXRef-six","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-f"}]}"#,
    ]
    .concat();
    assert_eq!(inventory("image.spdx.json", &text).components[2].owner, Some(1));
}

#[test]
fn a_package_with_two_identities_is_found_under_both() {
    let read = inventory(
        "two.spdx.json",
        r#"{"spdxVersion":"SPDX-2.3","name":"two","packages":[{"name":"lib","versionInfo":"1","externalRefs":[
        {"referenceType":"purl","referenceLocator":"pkg:npm/lib@1?repository_url=a.example"},
        {"referenceType":"purl","referenceLocator":"pkg:npm/lib@1?repository_url=b.example"},
        {"referenceType":"http://spdx.org/rdf/references/purl","referenceLocator":"pkg:github/invented/lib@1"}]}]}"#,
    );
    let packages: Vec<_> = read.components.iter().map(|c| row(c).3).collect();
    assert_eq!(packages, ["npm/lib", "github/invented/lib"]);
}

#[test]
fn spdx_3_packages_models_and_data_are_components() {
    let read = inventory(
        "bom.spdx3.json",
        r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
        {"type":"CreationInfo","@id":"_:c","created":"2026-03-02T09:00:00Z"},
        {"type":"Organization","spdxId":"urn:org","name":"Invented Models"},
        {"type":"SpdxDocument","spdxId":"urn:doc","rootElement":["urn:bom"]},
        {"type":"software_Sbom","spdxId":"urn:bom","rootElement":["urn:app"]},
        {"type":"software_Package","spdxId":"urn:app","name":"app","software_packageVersion":"1","software_primaryPurpose":"application","suppliedBy":"urn:org"},
        {"type":"software_Package","spdxId":"urn:lib","name":"lib","software_packageVersion":"2","software_packageUrl":"pkg:pypi/lib@2"},
        {"type":"software_Package","spdxId":"urn:ext","name":"ext","externalIdentifier":[{"type":"ExternalIdentifier","externalIdentifierType":"packageUrl","identifier":"pkg:npm/ext@3"}]},
        {"type":"ai_AIPackage","spdxId":"urn:model","name":"speech","software_packageVersion":"9"},
        {"type":"dataset_DatasetPackage","spdxId":"urn:data","name":"voices"},
        {"type":"software_File","spdxId":"urn:file","name":"x"}]}"#,
    );
    assert_eq!(read.system, "app", "the root of the bill of materials");
    let rows: Vec<_> = read.components.iter().map(row).collect();
    #[rustfmt::skip]
    let expected = [
        ("app",    "1",    ComponentKind::Application, String::new()),
        ("lib",    "2",    ComponentKind::Library,     "pypi/lib".into()),
        ("ext",    "3",    ComponentKind::Library,     "npm/ext".into()),
        ("speech", "9",    ComponentKind::Model,       String::new()),
        ("voices", "none", ComponentKind::Data,        String::new()),
    ];
    assert_eq!(rows, expected);
    assert_eq!(read.components[0].product, ProductName::new("Invented Models", "app"));
}

#[test]
fn dpkg_lists_what_is_on_the_disk_with_its_source() {
    let status = "Package: libthing1
Status: install ok installed
Architecture: amd64
Source: thing (1.2-2)
Version: 1.2-3+b1
Description: a thing
 Package: in a continued line

Package: gone
Status: deinstall ok config-files
Version: 1

Package: half
Status: install ok triggers-pending
Version: 2:1.0-1
";
    let mut read = inventory("status", status);
    let rows: Vec<_> = read.components.iter().map(row).collect();
    #[rustfmt::skip]
    let expected = [
        ("libthing1", "1.2-3+b1", ComponentKind::Library, "debian/libthing1".into()),
        ("half",      "2:1.0-1",  ComponentKind::Library, "debian/half".into()),
    ];
    assert_eq!(rows, expected);
    let source = read.components[0].source.as_ref().unwrap();
    assert_eq!((&*source.name, source.version.as_deref()), ("thing", Some("1.2-2")));
    assert_eq!(read.components[1].field, "line 13", "where its paragraph begins");

    read.apply_distribution(Distribution::from_os_release("ID=ubuntu\nVERSION_ID=24.04").unwrap());
    assert_eq!(row(&read.components[0]).3, "ubuntu:24.04/libthing1");
}

#[test]
fn other_listings_of_debian_packages_say_the_same() {
    #[rustfmt::skip]
    let table = [
        ("dpkg -l",       "Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n||/ Name    Version  Architecture Description\n+++-=======-========-============-===========\nii  libthing1:amd64  1.2-3  amd64  a thing\nrc  gone  1-1  amd64  left its configuration\n"),
        ("dpkg-query -W", "libthing1:amd64\t1.2-3\n"),
        ("a TSV list",    "apt\tlibthing1\t1.2-3\n"),
    ];
    for (why, text) in table {
        let read = inventory("list.txt", text);
        let rows: Vec<_> = read.components.iter().map(row).collect();
        let package = "debian/libthing1".to_owned();
        assert_eq!(rows, [("libthing1", "1.2-3", ComponentKind::Library, package)], "{why}");
    }
}

#[test]
fn an_ubuntu_is_known_by_its_versions() {
    let read = inventory(
        "status",
        "Package: acl\nStatus: install ok installed\nVersion: 2.3.1-1ubuntu2\n",
    );
    assert_eq!(read.components[0].package.as_ref().unwrap().ecosystem.family, Family::Ubuntu);
}

#[test]
fn the_apk_database_names_origins() {
    let text = "C:Q1abc=\nP:libthing\nV:1.2.3-r4\nA:x86_64\nS:1\no:thing\nF:usr/lib\nR:lib.so\n\nP:musl\nV:1.2.4-r2\nA:x86_64\n";
    let mut read = inventory("installed", text);
    let release = "ID=alpine\nVERSION_ID=3.18.4";
    read.apply_distribution(Distribution::from_os_release(release).unwrap());
    let rows: Vec<_> = read.components.iter().map(|c| (row(c).1, row(c).3)).collect();
    let expected =
        [("1.2.3-r4", "alpine:3.18/libthing".to_owned()), ("1.2.4-r2", "alpine:3.18/musl".into())];
    assert_eq!(rows, expected);
    assert_eq!(read.components[0].source.as_ref().unwrap().name, "thing");
}

#[test]
fn rpm_listings_wait_for_os_release_unless_their_release_names_the_distribution() {
    let el = "acl-2.3.1-4.el9.x86_64\nbind-libs-32:9.16.23-14.el9.x86_64\ngpg-pubkey-fd431d51-4ae0493b\n";
    let mut read = inventory("rpm-qa.txt", el);
    assert_eq!(read.components.len(), 2, "a key is no package");
    assert_eq!(read.distribution, None, "a dozen distributions write el9");
    read.apply_distribution(Distribution::from_os_release("ID=rocky\nVERSION_ID=9.3").unwrap());
    assert_eq!(row(&read.components[0]).3, "rocky:9/acl");
    assert_eq!(row(&read.components[1]).1, "32:9.16.23-14.el9");

    let fedora =
        inventory("rpm-qa.txt", "acl|(none)|2.3.1|4.fc39|x86_64|acl-2.3.1-4.fc39.src.rpm\n");
    assert_eq!(row(&fedora.components[0]).3, "fedora:39/acl");
    let source = fedora.components[0].source.as_ref().unwrap();
    assert_eq!((&*source.name, source.version.as_deref()), ("acl", Some("0:2.3.1-4.fc39")));
}

#[test]
fn every_line_of_a_stream_is_an_inventory_of_its_own() {
    let line = r#"{"bomFormat":"CycloneDX","components":[{"bom-ref":"a","name":"a"}],
        "vulnerabilities":[{"id":"CVE-2021-44228","analysis":{"state":"in_triage"},"affects":[{"ref":"a"}]}]}"#;
    let line = line.replace('\n', " ");
    let found = read("boms.jsonl", format!("{line}\n{line}\n").as_bytes(), &Limits::default());
    assert!(found.quarantined.is_empty(), "{:?}", found.quarantined);
    let documents: Vec<_> = found.inventories.iter().map(|i| i.document.as_deref()).collect();
    assert_eq!(documents, [Some("boms.jsonl:1"), Some("boms.jsonl:2")]);
    let places: Vec<_> = found.statements.iter().map(|s| s.place.document.as_str()).collect();
    assert_eq!(places, ["boms.jsonl:1", "boms.jsonl:2"], "each speaks of its own components");
}

#[test]
fn many_documents_in_one_archive_are_many_inventories() {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in [("a/bom.json", CYCLONEDX_JSON), ("b/image.spdx", SPDX_TAG_VALUE)] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    let bytes = archive.into_inner().unwrap();
    let found = read("two.tar", bytes.as_slice(), &Limits::default());
    assert!(found.quarantined.is_empty(), "{:?}", found.quarantined);
    assert_eq!(found.inventories.len(), 2);
}
