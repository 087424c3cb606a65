//! What kinds of systems there are, and which pools each is made of.

use crate::catalogue::Catalogue;

/// What kind of thing a system is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SystemKind {
    /// A server with an operating system.
    Server,
    /// An appliance: little is known of its inside.
    Appliance,
    /// A container image.
    ContainerImage,
    /// The desks of an office, taken together.
    DesktopFleet,
    /// An application that runs on somebody else's system.
    App,
}

/// A kind of system, as the table has it.
pub(crate) struct Image {
    pub(crate) name: &'static str,
    pub(crate) kind: SystemKind,
    /// Percent of such systems that the internet reaches.
    pub(crate) exposed: u32,
    /// How likely it is: first system of a small institution, further ones, medium, large, military.
    pub(crate) weights: [u32; 5],
    /// Pools, what the system is for before what it stands on: a short inventory loses the latter.
    layers: &'static [(&'static str, u32, u32)],
}

/// A layer with its pool found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer {
    pub(crate) pool: usize,
    /// So many packages of the pool are nearly always there.
    pub(crate) core: u32,
    /// So many of the rest are drawn, on average.
    pub(crate) drawn: u32,
}

/// The images with their pools found.
#[derive(Debug)]
pub(crate) struct Images {
    pub(crate) layers: Vec<Vec<Layer>>,
}

impl Images {
    pub(crate) fn new(catalogue: &Catalogue) -> Self {
        let found = |&(pool, core, drawn): &(&str, u32, u32)| {
            let pool = catalogue.pool(pool);
            let size = u32::try_from(catalogue.pools[pool].packages.len()).expect("small tables");
            Layer { pool, core: core.min(size), drawn: drawn.min(size - core.min(size)) }
        };
        Self {
            layers: IMAGES.iter().map(|image| image.layers.iter().map(found).collect()).collect(),
        }
    }
}

macro_rules! images {
    ($($name:literal $kind:ident $exposed:literal [$($weight:literal)*] $([$pool:literal $core:literal $drawn:literal])*;)*) => {
        /// All kinds of systems.
        pub(crate) const IMAGES: &[Image] = &[$(Image {
            name: $name,
            kind: SystemKind::$kind,
            exposed: $exposed,
            weights: [$($weight),*],
            layers: &[$(($pool, $core, $drawn)),*],
        }),*];
    };
}

// Name, kind, percent exposed, [first and further of a small institution, medium, large, military],
// then [pool, always, drawn]. Weights are ours: a small office has desks and a box or two, Java is
// what the offices of a nation run on.
#[rustfmt::skip]
images! {
    "office-fleet"       DesktopFleet    5 [50  8  6  4 10] ["fleet" 22 10] ["nuget" 0 30] ["npm" 0 25];
    "field-fleet"        DesktopFleet   10 [ 8  3  3  4  4] ["fleet" 14 14] ["nuget" 0 20] ["npm" 0 40];
    "design-fleet"       DesktopFleet    0 [ 6  2  3  3  2] ["fleet" 18 18] ["nuget" 0 40] ["pypi" 0 20];
    "all-in-one"         Server         40 [10  3  0  0  0] ["debian12-servers" 4 4] ["composer" 4 20] ["debian12" 60 100];
    "web-php-debian12"   Server         80 [ 6 10  6  3  0] ["debian12-servers" 5 4] ["composer" 8 40] ["debian12" 60 70];
    "web-php-ubuntu22"   Server         80 [ 4  6  4  2  0] ["composer" 8 40] ["ubuntu22" 60 80];
    "web-php-alma9"      Server         80 [ 3  4  4  3  2] ["alma9-servers" 3 3] ["composer" 8 30] ["alma9" 60 70];
    "groupware-java"     Server         35 [23 54 10  6  6] ["log4j" 2 0] ["struts" 5 2] ["spring" 10 0] ["jackson" 3 0] ["maven" 6 40] ["alma9" 50 40];
    "erp-java"           Server         10 [ 8 24  8  6  4] ["log4j" 2 0] ["log4j-carriers" 0 1] ["spring-boot" 13 0] ["spring" 10 0] ["jackson" 3 0] ["maven" 6 50] ["alma9" 40 40];
    "shop-java"          ContainerImage 70 [ 0  4  6  6  0] ["spring-boot" 13 0] ["spring" 10 0] ["jackson" 3 0] ["struts" 6 1] ["maven" 8 60] ["debian12" 40 30];
    "api-java"           ContainerImage 50 [ 0  0 10 14  2] ["spring-boot" 13 0] ["spring" 10 0] ["jackson" 3 0] ["maven" 10 70] ["debian11" 40 40];
    "api-java-log4j"     ContainerImage 40 [ 0  0  6  7  2] ["log4j" 2 0] ["log4j-carriers" 1 0] ["spring-boot" 13 0] ["spring" 10 0] ["jackson" 3 0] ["maven" 8 70] ["debian11" 40 40];
    "batch-java"         Server          0 [ 0  2  6  8  6] ["log4j" 2 0] ["spring" 10 0] ["jackson" 3 0] ["maven" 8 60] ["alma9" 50 50];
    "portal-java"        Server         90 [ 0  1  5  6  2] ["log4j" 2 0] ["struts" 6 2] ["spring" 10 0] ["jackson" 3 0] ["middleware" 2 0] ["maven" 8 50] ["alma9" 50 60];
    "search"             Server          5 [ 0  1  4  5  2] ["log4j" 2 0] ["log4j-carriers" 2 1] ["jackson" 3 0] ["maven" 6 40] ["debian12" 60 40];
    "stream"             Server          0 [ 0  0  3  5  1] ["log4j" 2 0] ["log4j-carriers" 0 2] ["jackson" 3 0] ["maven" 8 60] ["debian12" 50 40];
    "web-node"           ContainerImage 80 [ 0  6  7  8  0] ["npm" 40 110] ["debian12" 40 30];
    "front-node"         App            90 [ 0  3  5  6  0] ["npm" 60 160];
    "desk-electron"      App             0 [ 0  2  3  3  2] ["npm" 40 90];
    "api-node-alma9"     Server         50 [ 0  0  4  4  2] ["npm" 40 100] ["alma9" 50 40];
    "api-python"         ContainerImage 50 [ 0  3  6  7  2] ["pypi" 25 45] ["debian12" 50 40];
    "analysis-python"    Server          5 [ 0  1  4  6  4] ["pypi" 30 70] ["ubuntu22" 60 60];
    "model-python"       ContainerImage 30 [ 0  0  2  5  2] ["pypi" 40 70] ["ubuntu22" 60 40];
    "service-go"         ContainerImage 40 [ 0  0  6 10  2] ["golang" 30 70] ["debian12" 20 15];
    "proxy-go"           ContainerImage 60 [ 0  0  3  6  1] ["golang" 20 60];
    "cluster-node"       Server          5 [ 0  0  3  8  2] ["golang" 40 90] ["ubuntu22" 60 70];
    "agent-rust"         App             0 [ 0  0  2  4  2] ["cargo" 40 100];
    "service-rust"       ContainerImage 40 [ 0  0  2  4  1] ["cargo" 40 120] ["debian12" 20 15];
    "service-dotnet"     Server         30 [ 0  3  5  5  3] ["windows-server" 0 1] ["windows-roles" 4 2] ["nuget" 40 60];
    "file-windows"       Server          2 [ 3  6  5  4  6] ["windows-server" 0 1] ["windows-roles" 4 2] ["fleet" 0 8] ["nuget" 0 25];
    "domain-windows"     Server          2 [ 2  3  4  3  6] ["windows-server" 0 1] ["windows-roles" 3 2] ["fleet" 0 5] ["nuget" 0 20];
    "mail-exchange"      Server         70 [ 0  1  3  2  2] ["exchange" 0 1] ["windows-server" 0 1] ["windows-roles" 4 1] ["nuget" 0 25];
    "mail-debian12"      Server         90 [ 2  4  2  1  1] ["debian12-mail" 7 1] ["debian12" 70 60];
    "mail-zimbra"        Server         90 [ 0  2  2  1  0] ["groupware" 1 0] ["log4j" 2 0] ["maven" 4 25] ["alma9" 60 40];
    "documents-windows"  Server         10 [ 0  0  2  2  2] ["sharepoint" 1 0] ["windows-server" 0 1] ["windows-roles" 4 1] ["nuget" 0 30];
    "database-alma9"     Server          0 [ 0  3  6  6  6] ["alma9-servers" 0 4] ["alma9" 80 80];
    "database-debian12"  Server          0 [ 2  4  4  3  0] ["debian12-servers" 0 5] ["debian12" 80 60];
    "database-oracle"    Server          0 [ 0  0  3  5  3] ["database" 1 0] ["alma9" 80 80];
    "database-tibero"    Server          0 [ 0  1  3  3  4] ["tibero" 1 0] ["alma9" 80 60];
    "name-server"        Server         95 [ 0  1  2  2  2] ["debian12-servers" 0 3] ["debian12" 60 40];
    "jump-host"          Server         30 [ 0  0  2  3  4] ["alma9" 80 60];
    "monitor"            Server          5 [ 0  1  3  4  4] ["golang" 0 50] ["debian12" 70 50];
    "wiki"               Server         20 [ 0  1  3  3  1] ["wiki" 1 0] ["maven" 4 60] ["ubuntu22" 60 40];
    "issues"             Server         15 [ 0  0  2  3  1] ["issues" 1 0] ["maven" 4 60] ["ubuntu22" 60 40];
    "forge"              Server         20 [ 0  1  2  3  1] ["forge" 1 0] ["golang" 10 40] ["ubuntu22" 70 60];
    "builder"            Server         10 [ 0  0  2  4  1] ["builder" 1 0] ["maven" 6 60] ["debian12" 70 70];
    "transfer"           Server         95 [ 0  0  1  1  0] ["transfer" 1 0] ["windows-server" 0 1] ["windows-roles" 3 1] ["nuget" 0 20];
    "backup"             Server          2 [ 1  2  3  3  2] ["backup" 1 0] ["windows-server" 0 1] ["windows-roles" 4 1] ["nuget" 0 20];
    "hypervisor"         Server          2 [ 0  2  4  4  4] ["esxi" 1 0];
    "hypervisor-desk"    Server          2 [ 0  0  2  2  2] ["vcenter" 1 0] ["maven" 0 40];
    "vpn"                Appliance      95 [ 0  4  3  2  0] ["vpn" 1 0];
    "firewall"           Appliance      90 [ 0 10  3  2  1] ["firewall" 1 0];
    "firewall-large"     Appliance      90 [ 0  0  1  2  0] ["firewall-large" 1 0];
    "firewall-korean"    Appliance      90 [ 0  4  2  2  4] ["firewall-korean" 1 0];
    "gateway"            Appliance      95 [ 0  0  1  2  0] ["gateway" 1 0];
    "balancer"           Appliance      60 [ 0  0  1  2  1] ["balancer" 1 0];
    "router"             Appliance      40 [ 0  2  2  3  4] ["router" 1 0];
    "switch"             Appliance       0 [ 0  1  2  3  3] ["switch" 1 0];
    "nas"                Appliance      40 [ 0 12  2  1  0] ["nas" 1 0];
    "nas-office"         Appliance      30 [ 0  8  2  0  0] ["nas-office" 1 0];
    "access-point"       Appliance      50 [ 0 10  1  0  0] ["access-point" 1 0];
    "printers"           Appliance       1 [ 0  4  1  1  1] ["printer" 1 0];
    "cameras"            Appliance      30 [ 0  6  2  1  1] ["camera" 1 0];
    "telephony"          Appliance      10 [ 0  0  1  2  1] ["telephony" 1 0];
    "access-control"     Server          2 [ 0  0  2  3  3] ["access-control" 1 0] ["update-server" 1 0] ["debian12" 60 40];
    "plant-control"      Appliance       1 [ 0  2  1  2  0] ["plc" 0 1];
    "plant-desk"         Server          1 [ 0  1  1  2  0] ["scada" 1 0] ["windows-server" 0 1] ["windows-roles" 2 1] ["nuget" 0 10];
    "imaging"            Server          5 [ 0  0  1  1  0] ["imaging" 1 0] ["debian12" 60 40];
}

/// Places of [`Image::weights`].
pub(crate) const FIRST_OF_SMALL: usize = 0;
pub(crate) const MORE_OF_SMALL: usize = 1;
pub(crate) const OF_MEDIUM: usize = 2;
pub(crate) const OF_LARGE: usize = 3;
pub(crate) const OF_MILITARY: usize = 4;
