//! Package URLs, CPE names and VERS ranges: no panic, and what prints reads back the same.
#![no_main]

use bongsu_package::{Cpe, PackageName, Purl, VersRange};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(purl) = text.parse::<Purl>() {
        let printed = purl.to_string();
        assert_eq!(printed.parse::<Purl>().as_ref(), Ok(&purl), "{printed}");
        let _ = PackageName::from_purl(&purl);
    }
    if let Ok(cpe) = text.parse::<Cpe>() {
        let printed = cpe.to_string();
        assert_eq!(printed.parse::<Cpe>().as_ref(), Ok(&cpe), "{printed}");
    }
    if let Ok(range) = text.parse::<VersRange>() {
        let printed = range.to_string();
        assert!(printed.parse::<VersRange>().is_ok(), "{printed}");
        let _ = range.contains("1.2.3");
    }
});
