//! The suite that every engine passes.
//!
//! An engine brings a [`Ground`]: a place where a database can be opened again and again. `suite!` in its tests makes a
//! test of each function of [`deeds`], [`faults`] and [`walks`].

pub mod deeds;
pub mod faults;
pub mod keeping;
pub mod kills;
pub mod walks;
pub mod world;

use std::path::Path;

use crate::chance::Chance;
use crate::port::{Engine, Fault};

/// A place where a fresh database can be opened, closed and opened again.
pub trait Ground {
    /// Opens the database.
    fn engine(&self) -> Result<Box<dyn Engine>, Fault>;
    /// A folder for files beside the database, empty at first.
    fn folder(&self) -> &Path;
    /// Every byte the database has on the disk now; none where it cannot be looked at.
    fn bytes(&self) -> Vec<u8>;
    /// Another such place, fresh.
    fn another(&self) -> Box<dyn Ground>;
    /// Puts the database back to a backup; false where backups are made by other tools.
    fn restore(&self, backup: &Path) -> bool;
}

/// Chance that can be repeated.
#[derive(Clone, Debug)]
pub struct Seeded(pub u64);

impl Seeded {
    /// The next number (splitmix64).
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.draw() % limit
    }

    /// A place in a list of so many.
    pub fn place(&mut self, of: usize) -> usize {
        usize::try_from(self.below(of as u64)).expect("smaller than a list")
    }
}

impl Chance for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.draw().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Makes a test of every function of the suite.
///
/// Takes what gives a fresh `Ground`, or `None` where the engine's server is not installed.
#[macro_export]
macro_rules! suite {
    ($ground:expr) => {
        $crate::suite_of!($ground, deeds: [
            a_request_sent_twice_is_recorded_once,
            a_request_id_with_another_body_is_refused,
            a_permit_for_something_else_is_refused,
            a_former_officer_is_refused,
            a_campaign_runs_from_case_to_verified_fix,
            exploitation_shortens_every_clock_of_the_case_at_once,
            exploitation_that_becomes_known_late_shortens_the_clocks_that_still_run,
            a_withdrawn_act_lets_everybody_go,
            receipts_are_recorded_once,
            the_outbox_loses_nothing_to_a_carrier_that_dies,
            what_waits_is_due_at_once_when_somebody_can_be_reached,
            whom_nobody_reached_is_listed_for_their_scope,
            an_old_permit_is_refused,
            a_refused_wish_affects_only_itself,
            what_was_answered_is_there_after_opening_again,
            many_who_answer_at_once_are_all_recorded,
            time_in_the_record_never_runs_backwards,
            those_who_are_late_come_riskiest_first,
            one_institution_is_late_however_many_others_are,
        ]);
        $crate::suite_of!($ground, keeping: [
            no_marker_is_found_on_the_disk,
            an_erased_institution_cannot_be_read_and_the_log_still_verifies,
            another_key_file_is_refused,
            a_restored_backup_is_noticed,
            a_log_that_was_changed_is_found,
            the_exported_files_verify,
            the_latest_document_of_a_system_is_kept_and_no_other,
            things_are_found_by_many_keys_at_once,
        ]);
        $crate::suite_of!($ground, faults: [
            no_fault_forks_loses_or_doubles_anything,
            no_fault_in_a_crowd_loses_or_doubles_anything,
            after_a_commit_that_failed_the_writer_has_stopped,
        ]);
        $crate::suite_of!($ground, walks: [
            the_store_agrees_with_the_pure_nation,
        ]);
    };
}

/// Tests of one module of the suite.
#[macro_export]
macro_rules! suite_of {
    ($ground:expr, $module:ident: [$($name:ident),* $(,)?]) => {
        mod $module {
            $(#[test]
            fn $name() {
                let ground = $ground;
                if let Some(ground) = ground() {
                    $crate::suite::$module::$name(&ground);
                }
            })*
        }
    };
}
