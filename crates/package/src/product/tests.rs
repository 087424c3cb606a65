use super::ProductName;

fn name(vendor: &str, product: &str) -> String {
    let name = ProductName::new(vendor, product);
    name.map_or_else(|| "nothing".to_owned(), |name| name.to_string())
}

#[test]
fn every_spelling_of_a_product_is_one_name() {
    #[rustfmt::skip]
    let table: [(&str, &[(&str, &str)]); 40] = [
        ("cisco/adaptivesecurityappliance", &[("Cisco", "Adaptive Security Appliance (ASA)"), ("cisco", "asa"), ("Cisco", "Cisco Adaptive Security Appliance (ASA) Software"), ("cisco", "adaptive_security_appliance_software"), ("시스코", "ASA")]),
        ("cisco/firepowerthreatdefense",    &[("Cisco", "Cisco Firepower Threat Defense Software"), ("cisco", "firepower_threat_defense"), ("Cisco Systems, Inc.", "FTD")]),
        ("cisco/iosxe",                     &[("Cisco", "Cisco IOS XE Software"), ("cisco", "ios_xe"), ("Cisco", "IOS XE")]),
        ("cisco/nxos",                      &[("Cisco", "NX-OS"), ("Cisco", "Cisco NX-OS Software"), ("cisco", "nx-os")]),
        ("paloaltonetworks/panos",          &[("Palo Alto Networks", "PAN-OS"), ("paloaltonetworks", "pan-os"), ("팔로알토네트웍스", "PAN-OS"), ("Palo Alto Networks, Inc.", "PAN-OS")]),
        ("fortinet/fortios",                &[("Fortinet", "Fortinet FortiOS"), ("fortinet", "fortios"), ("포티넷", "포티게이트")]),
        ("fortinet/forticlientems",         &[("Fortinet", "FortiClientEMS"), ("Fortinet", "FortiClient EMS"), ("fortinet", "forticlient_enterprise_management_server")]),
        ("citrix/netscalerapplicationdeliverycontroller", &[("Cloud Software Group", "NetScaler ADC\u{202f}"), ("citrix", "netscaler_application_delivery_controller"), ("Citrix", "Citrix ADC"), ("Citrix", "NetScaler"), ("NetScaler", "ADC")]),
        ("citrix/netscalergateway",         &[("Cloud Software Group", "NetScaler Gateway"), ("citrix", "netscaler_gateway"), ("citrix", "gateway")]),
        ("ivanti/connectsecure",            &[("Ivanti", "Connect Secure"), ("Ivanti", "ICS"), ("Pulse Secure", "Pulse Connect Secure"), ("Ivanti", "Pulse Connect Secure"), ("pulsesecure", "pulse_connect_secure")]),
        ("ivanti/endpointmanagermobile",    &[("Ivanti", "Endpoint Manager Mobile (EPMM)"), ("Ivanti", "EPMM"), ("ivanti", "endpoint_manager_mobile"), ("MobileIron", "Core")]),
        ("ivanti/endpointmanager",          &[("Ivanti", "Endpoint Manager (EPM)"), ("Ivanti", "EPM"), ("ivanti", "endpoint_manager")]),
        ("ivanti/cloudservicesappliance",   &[("Ivanti", "CSA (Cloud Services Appliance)"), ("Ivanti", "Cloud Services Appliance (CSA)"), ("ivanti", "endpoint_manager_cloud_services_appliance")]),
        ("vmware/vcenterserver",            &[("VMware", "VMware vCenter Server"), ("Broadcom", "VMware vCenter Server"), ("n/a", "VMware vCenter Server"), ("broadcom", "vmware_vcenter_server"), ("vmware", "vcenter")]),
        ("vmware/esxi",                     &[("n/a", "VMware ESXi"), ("vmware", "esxi"), ("VMware", "ESXi")]),
        ("synacor/zimbracollaborationsuite", &[("Synacor", "Zimbra Collaboration Suite (ZCS)"), ("zimbra", "collaboration"), ("Zimbra", "Zimbra Collaboration"), ("짐브라", "ZCS")]),
        ("progress/moveittransfer",         &[("Progress", "MOVEit Transfer"), ("progress", "moveit_transfer"), ("Progress Software Corporation", "MOVEit")]),
        ("progress/loadmaster",             &[("Progress", "Kemp LoadMaster"), ("Progress Software", "LoadMaster"), ("kemptechnologies", "loadmaster")]),
        ("progress/telerikreportserver",    &[("Progress Software Corporation", "Telerik Report Server"), ("progress_software", "telerik_report_server"), ("Telerik", "Report Server")]),
        ("apache/httpserver",               &[("Apache", "HTTP Server"), ("Apache Software Foundation", "Apache HTTP Server"), ("apache", "http_server"), ("아파치", "httpd"), ("n/a", "Apache HTTP Server")]),
        ("apache/log4j",                    &[("Apache", "Log4j2"), ("apache", "log4j"), ("The Apache Software Foundation", "Apache Log4j")]),
        ("apache/airflow",                  &[("n/a", "Apache Airflow"), ("apache", "airflow")]),
        ("oracle/weblogicserver",           &[("Oracle Corporation", "WebLogic Server"), ("오라클", "웹로직 서버"), ("oracle", "weblogic_server"), ("오라클", "웹로직")]),
        ("oracle/solaris",                  &[("Oracle Corporation", "Solaris Operating System"), ("oracle", "solaris"), ("Sun Microsystems", "Solaris")]),
        ("microsoft/windows10.1809",        &[("Microsoft", "Windows 10 Version 1809"), ("microsoft", "windows_10_1809"), ("마이크로소프트", "윈도우 10 버전 1809")]),
        ("microsoft/windowsserver2019",     &[("Microsoft", "Windows Server 2019"), ("microsoft", "windows_server_2019"), ("㈜마이크로소프트", "윈도우 서버 2019")]),
        ("microsoft/exchangeserver",        &[("Microsoft", "Exchange Server"), ("microsoft", "exchange_server"), ("마이크로소프트", "익스체인지 서버"), ("Microsoft", "Microsoft Exchange")]),
        ("microsoft/internetexplorer",      &[("microsoft", "ie"), ("Microsoft", "Internet Explorer")]),
        ("hancom/hangul",                   &[("한글과컴퓨터", "한글"), ("(주)한글과컴퓨터", "한글"), ("Hancom Inc.", "Hangul"), ("주식회사 한글과컴퓨터", "HWP")]),
        ("estsoft/alzip",                   &[("이스트소프트", "알집"), ("ESTsoft Corp.", "ALZip"), ("㈜이스트소프트", "알집")]),
        ("ahnlab/v3lite",                   &[("안랩", "V3 Lite"), ("AhnLab, Inc.", "AhnLab V3 Lite"), ("주식회사안랩", "V3  Ｌｉｔｅ")]),
        ("dlink/dir859",                    &[("D-Link", "DIR-859 Router"), ("D-Link", "DIR-859"), ("dlink", "dir-859_firmware"), ("디링크", "DIR-859 공유기")]),
        ("veeam/backupandreplication",      &[("Veeam", "Backup & Replication"), ("Veeam", "Backup and  Recovery"), ("veeam", "backup_&_replication")]),
        ("joomla/joomla",                   &[("Joomla! Project", "Joomla! CMS"), ("joomla", "joomla!"), ("Joomla!", "Joomla!")]),
        ("jenkins/jenkins",                 &[("Jenkins Project", "Jenkins"), ("jenkins", "jenkins"), ("젠킨스", "젠킨스")]),
        ("gitlab/gitlab",                   &[("GitLab", "GitLab"), ("GitLab", "GitLab CE/EE"), ("GitLab", "Community and Enterprise Editions")]),
        ("linux/kernel",                    &[("Linux", "Kernel"), ("linux", "linux_kernel"), ("Linux", "Linux"), ("리눅스", "리눅스 커널")]),
        ("solarwinds/servu",                &[("SolarWinds ", "SolarWinds Serv-U "), ("solarwinds", "serv-u")]),
        ("solarwinds/webhelpdesk",          &[("SolarWinds", "Web Help Desk"), ("solarwinds", "webhelpdesk")]),
        ("versa/director",                  &[("Versa", "Director"), ("versa-networks", "versa_director")]),
    ];
    for (canonical, spellings) in table {
        for (vendor, product) in spellings {
            assert_eq!(name(vendor, product), canonical, "{vendor:?} {product:?}");
        }
    }
}

#[test]
fn two_products_never_become_one() {
    #[rustfmt::skip]
    let table = [
        (("Microsoft", "Windows 10 Version 1809"), ("Microsoft", "Windows 10 Version 1607"), "releases"),
        (("microsoft", "windows_10_1809"),         ("microsoft", "windows_10"),              "a release is not the family"),
        (("Microsoft", "Windows Server 2019"),     ("Microsoft", "Windows Server 2022"),     "years"),
        (("SAP", "NetWeaver 7.11"),                ("SAP", "NetWeaver 7.1.1"),               "dots carry meaning between digits"),
        (("Cisco", "IOS"),                         ("Cisco", "IOS XE"),                      "two systems"),
        (("Cisco", "IOS"),                         ("Apple", "iOS"),                         "two vendors"),
        (("Cisco", "IOS XR"),                      ("Cisco", "IOS XE"),                      "two systems"),
        (("Mozilla", "Firefox"),                   ("Mozilla", "Firefox ESR"),               "two trains"),
        (("Mozilla", "Firefox (ESR)"),             ("Mozilla", "Firefox"),                   "parentheses may say something"),
        (("Apache", "Tomcat"),                     ("Apache", "TomEE"),                      "two servers"),
        (("Apache", "Tomcat Native"),              ("Apache", "Tomcat"),                     "a part is not the whole"),
        (("Ivanti", "Endpoint Manager"),           ("Ivanti", "Endpoint Manager Mobile"),    "two products"),
        (("Atlassian", "Confluence Server"),       ("Atlassian", "Confluence Data Center"),  "two products"),
        (("D-Link", "DIR-859"),                    ("D-Link", "DIR-850"),                    "two models"),
        (("VMware", "ESXi"),                       ("VMware", "ESX"),                        "two products"),
        (("SonicWall", "SMA100"),                  ("SonicWall", "SMA1000"),                 "two series"),
        (("x", "C++"),                             ("x", "C"),                               "marks that tell apart"),
        (("x", "C#"),                              ("x", "C"),                               "marks that tell apart"),
        (("AG Grid", "grid"),                      ("Grid", "grid"),                         "a legal form in front is a name"),
        (("Fortinet", "FortiOS"),                  ("Fortinet", "FortiProxy"),               "two products"),
    ];
    for ((vendor, product), (other_vendor, other), why) in table {
        assert_ne!(
            name(vendor, product),
            name(other_vendor, other),
            "{product} and {other}: {why}"
        );
    }
}

#[test]
fn what_says_nothing_is_nothing() {
    for (vendor, product) in [
        ("n/a", "n/a"),
        ("N/A", "Log Server"),
        ("", "x"),
        ("x", ""),
        ("-", "x"),
        ("x", "*"),
        ("unknown", "something"),
        ("unspecified", "x"),
        ("cisco", "N/A"),
        ("x", "없음"),
        ("n/a", "VMware"),
        ("()", "x"),
        ("x", "!!!"),
    ] {
        assert_eq!(ProductName::new(vendor, product), None, "{vendor:?} {product:?}");
    }
}

#[test]
fn legal_forms_and_letters_of_every_kind_fold() {
    #[rustfmt::skip]
    let table = [
        ("Acme, Inc.",               "acme"),  ("ACME Corporation",      "acme"),
        ("Acme Co., Ltd.",           "acme"),  ("Acme S.A.",             "acme"),
        ("Acme s.r.o.",              "acme"),  ("Acme GmbH & Co. KG",    "acmegmbhand"),
        ("주식회사 에이크미",        "에이크미"), ("에이크미(주)",        "에이크미"),
        ("㈜에이크미",               "에이크미"), ("에이크미 주식회사",   "에이크미"),
        ("\u{110B}\u{1166}\u{110B}\u{1175}\u{110F}\u{1173}\u{1106}\u{1175}", "에이크미"),
        ("\u{1100}\u{1161}\u{11A8}", "각"),    ("Société Générale",      "societegenerale"),
        ("ＡＣＭＥ",                 "acme"),  ("A.C.M.E.",              "acme"),
    ];
    for (vendor, folded) in table {
        let name = ProductName::new(vendor, "thing").unwrap();
        assert_eq!(name.vendor(), folded, "{vendor}");
    }
}

#[test]
fn a_device_with_its_system_and_a_product_with_its_update_are_the_product() {
    #[rustfmt::skip]
    let table = [
        ("포티넷",    "FortiGate FortiOS",                         "fortinet/fortios"),
        ("Fortinet",  "FortiProxy FortiOS",                        "fortinet/fortiproxyfortios"),
        ("Microsoft", "Exchange Server 2019 Cumulative Update 14", "microsoft/exchangeserver2019"),
    ];
    for (vendor, product, name) in table {
        assert_eq!(ProductName::new(vendor, product).unwrap().to_string(), name, "{product}");
    }
}

#[test]
fn folding_a_folded_name_changes_nothing() {
    for (vendor, product) in [
        ("Cisco", "IOS XE Software"),
        ("Microsoft", "Windows 10 Version 1809"),
        ("이스트소프트", "알집"),
        ("Progress", "Kemp LoadMaster"),
        ("D-Link", "DIR-859 Router"),
        ("Broadcom", "VMware ESXi"),
    ] {
        let once = ProductName::new(vendor, product).unwrap();
        assert_eq!(ProductName::new(once.vendor(), once.product()), Some(once.clone()), "{once}");
    }
}

#[test]
fn a_list_of_known_products_is_many_names_and_nothing_else_is() {
    #[rustfmt::skip]
    let table: [(&str, &str, &[&str]); 9] = [
        ("Fortinet", "Fortinet FortiOS, FortiProxy",            &["fortinet/fortios", "fortinet/fortiproxy"]),
        ("Fortinet", "FortiOS and FortiProxy",                  &["fortinet/fortios", "fortinet/fortiproxy"]),
        ("Apple",    "iOS, iPadOS, and macOS",                  &["apple/iphoneos", "apple/ipados", "apple/macos"]),
        ("Cisco",    "IOS and IOS XE Software",                 &["cisco/ios", "cisco/iosxe"]),
        ("Cisco",    "Adaptive Security Appliance (ASA) and Firepower Threat Defense (FTD)", &["cisco/adaptivesecurityappliance", "cisco/firepowerthreatdefense"]),
        ("Citrix",   "NetScaler ADC and NetScaler Gateway",     &["citrix/netscalerapplicationdeliverycontroller", "citrix/netscalergateway"]),
        ("Veeam",    "Backup and Replication",                  &["veeam/backupandreplication"]),
        ("Atlassian", "Confluence Data Center and Server",      &["atlassian/confluencedatacenterandserver"]),
        ("n/a",      "n/a",                                     &[]),
    ];
    for (vendor, product, names) in table {
        let each: Vec<String> =
            ProductName::each(vendor, product).iter().map(ToString::to_string).collect();
        assert_eq!(each, names, "{product}");
    }
}
