//! How much memory a nation's register takes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use bongsu_authority::{
    Appointment, AppointmentId, Institution, InstitutionId, Mark, Ownership, PersonId, Post,
    Register, Seat, Size,
};
use jiff::Timestamp;

const INSTITUTIONS: u32 = 100_000;

/// The whole process's resident memory, where the system tells it.
fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches(" kB").trim().parse::<usize>().ok()? * 1024)
}

#[test]
fn an_institution_with_one_officer_takes_less_than_500_bytes() {
    let Some(before) = resident_bytes() else {
        println!("skipped: this system does not tell how much memory a process has");
        return;
    };
    let mut register = Register::default();
    register.reserve(usize::try_from(INSTITUTIONS).unwrap());
    for number in 0..INSTITUTIONS {
        let id = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let id = id.to_be_bytes();
        let institution = Institution {
            id: InstitutionId(id),
            name_ko: format!("한별정밀{number:06}"),
            name_en: format!("Hanbyeol Precision {number:06}"),
            ownership: Ownership::Private,
            competent: BTreeSet::from(["SECTOR_SME".parse().unwrap()]),
            relay: Some(format!("RELAY_SME_{:02}", number % 10).parse().unwrap()),
            size: Size::Small,
            province: 1,
            marks: BTreeSet::from([Mark::SharingMember]),
        };
        register.enrol(&institution).unwrap();
        let appointment = Appointment {
            id: AppointmentId(id),
            person: PersonId(id),
            post: Post::Ciso,
            seat: Seat::Institution(InstitutionId(id)),
            from: Timestamp::UNIX_EPOCH,
            until: None,
            deputy_of: None,
            title: format!("CISO-{number:06}"),
        };
        register.appoint(appointment).unwrap();
    }
    let each = (resident_bytes().unwrap() - before) / usize::try_from(INSTITUTIONS).unwrap();
    println!("{each} bytes an institution with one officer");
    assert_eq!(register.without_officer(Timestamp::UNIX_EPOCH).count(), 0);
    assert!(each < 500, "{each} bytes an institution with one officer");
}
