//! Everything that can be asked for, one word each: the rows of table 3.1, split where cells differ.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of act (조치): from information to a binding order.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// Information, no duty.
    Advisory,
    /// Standing rules of conduct.
    Guideline,
    /// Asks for an answer by a date.
    ActionRequest,
    /// Binding; needs a legal basis.
    Directive,
}

impl ActKind {
    /// Every kind, from information to order.
    pub const ALL: &[Self] =
        &[Self::Advisory, Self::Guideline, Self::ActionRequest, Self::Directive];

    /// Does somebody owe an answer?
    pub fn asks(self) -> bool {
        matches!(self, Self::ActionRequest | Self::Directive)
    }

    /// The English word, lower case.
    pub fn label_en(self) -> &'static str {
        match self {
            Self::Advisory => "advisory",
            Self::Guideline => "guideline",
            Self::ActionRequest => "action request",
            Self::Directive => "directive",
        }
    }

    /// The Korean word.
    pub fn label_ko(self) -> &'static str {
        match self {
            Self::Advisory => "보안권고",
            Self::Guideline => "대응지침",
            Self::ActionRequest => "조치요청",
            Self::Directive => "조치명령",
        }
    }
}

impl fmt::Display for ActKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label_en())
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something a person or the engine may want to do or see.
        ///
        /// There is no action that deletes: a redaction is a new record that hides content and keeps the hash.
        ///
        /// - **Shape:** spelt in `snake_case` wherever it is written down.
        /// - **Source:** domain guide, section 3.1.
        #[derive(
            Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
        )]
        pub enum Action {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The action's spelling.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

actions! {
    // Reports and cases.
    /// Submit a finder report.
    SubmitReport = "submit_report",
    /// Open a case from a report or a feed.
    OpenCase = "open_case",
    /// See a case: title, summary, state, signals.
    SeeCase = "see_case",
    /// See the raw report and the proof of concept.
    SeeRawReport = "see_raw_report",
    /// Screen for form, spam and duplicates.
    ScreenCase = "screen_case",
    /// Validate, coordinate, identify, triage, say what remedy exists.
    WorkCase = "work_case",
    /// Say that it is exploited, or that it is not after all: every clock is computed again.
    SetExploitation = "set_exploitation",
    /// Confirm.
    ConfirmCase = "confirm_case",
    /// Propose to reject; a second person decides where the claim is severe.
    ProposeRejection = "propose_rejection",
    /// Reject.
    RejectCase = "reject_case",
    /// Merge into another case.
    MergeCase = "merge_case",
    /// Take a merge back.
    SplitCase = "split_case",
    /// Reopen.
    ReopenCase = "reopen_case",
    /// Close.
    CloseCase = "close_case",
    /// Publish.
    PublishCase = "publish_case",
    /// Contact the supplier.
    ContactSupplier = "contact_supplier",
    /// Set an embargo, or move it later.
    SetEmbargo = "set_embargo",
    /// Propose to end an embargo before its time.
    ProposeLift = "propose_lift",
    /// Lift an embargo before its time; two persons.
    LiftEmbargo = "lift_embargo",
    /// Add a person to the compartment.
    AddMember = "add_member",
    /// Remove a person from the compartment.
    RemoveMember = "remove_member",
    /// Raise the label.
    RaiseLabel = "raise_label",
    /// Lower the label; only the originator.
    LowerLabel = "lower_label",
    /// Assign or transfer the lead of an institution.
    AssignLead = "assign_lead",

    // Acts.
    /// Draft an advisory.
    DraftAdvisory = "draft_advisory",
    /// Draft a guideline.
    DraftGuideline = "draft_guideline",
    /// Draft an action request.
    DraftActionRequest = "draft_action_request",
    /// Draft a directive.
    DraftDirective = "draft_directive",
    /// Review an advisory: the second signature.
    ReviewAdvisory = "review_advisory",
    /// Review a guideline.
    ReviewGuideline = "review_guideline",
    /// Review an action request.
    ReviewActionRequest = "review_action_request",
    /// Review a directive.
    ReviewDirective = "review_directive",
    /// Sign and issue an advisory.
    SignAdvisory = "sign_advisory",
    /// Sign and issue a guideline.
    SignGuideline = "sign_guideline",
    /// Sign and issue an action request.
    SignActionRequest = "sign_action_request",
    /// Sign and issue a directive.
    SignDirective = "sign_directive",
    /// Issue a new edition; its text was drafted and reviewed like the first.
    AmendAct = "amend_act",
    /// Withdraw.
    WithdrawAct = "withdraw_act",
    /// Say that every obligation is settled.
    CompleteAct = "complete_act",
    /// Shorten clocks because something became known.
    ReclockAct = "reclock_act",
    /// Read the text of an act.
    SeeAct = "see_act",
    /// Add a relay's note beside an act, never in it.
    AnnotateAct = "annotate_act",
    /// Record that a channel has receipts.
    Deliver = "deliver",

    // Alerts.
    /// Raise the alert of a domain.
    RaiseAlert = "raise_alert",
    /// Lower it.
    LowerAlert = "lower_alert",

    // The picture.
    /// See one institution's inventory.
    SeeInventory = "see_inventory",
    /// See who is affected or late, by name.
    SeeNames = "see_names",
    /// See counts, small groups hidden.
    SeeCounts = "see_counts",
    /// See one's own standing beside one's sector.
    SeeBenchmark = "see_benchmark",
    /// See the national picture.
    SeeNationalPicture = "see_national_picture",

    // Obligations.
    /// See one institution's obligation.
    SeeObligation = "see_obligation",
    /// Record that every channel failed.
    MarkUnreachable = "mark_unreachable",
    /// Acknowledge.
    Acknowledge = "acknowledge",
    /// Say whether it is affected.
    Assess = "assess",
    /// Say by when it will be done.
    Plan = "plan",
    /// Record a workaround.
    Mitigate = "mitigate",
    /// Claim that it is fixed.
    ClaimFixed = "claim_fixed",
    /// Countersign somebody else's claim.
    Countersign = "countersign",
    /// Prove a claim.
    Verify = "verify",
    /// Refute a claim.
    Refute = "refute",
    /// Record the result of a forensic check.
    ForensicCheck = "forensic_check",
    /// Ask for more time.
    AskExtension = "ask_extension",
    /// Grant more time, or refuse it.
    GrantExtension = "grant_extension",
    /// Ask to be allowed to carry the risk.
    AskWaiver = "ask_waiver",
    /// Grant a waiver, or refuse it.
    GrantWaiver = "grant_waiver",
    /// Record that a waiver ran out.
    ExpireWaiver = "expire_waiver",
    /// Send a support team.
    Assist = "assist",
    /// Record that the flaw came back.
    Regress = "regress",
    /// Close: nothing is left to do.
    CloseObligation = "close_obligation",

    // The register.
    /// Enter an institution, or replace its record.
    Enrol = "enrol",
    /// Appoint an officer.
    Appoint = "appoint",
    /// End an appointment.
    EndAppointment = "end_appointment",
    /// Delegate to a service provider.
    Delegate = "delegate",
    /// Take a delegation back.
    EndDelegation = "end_delegation",
    /// Publish an inventory.
    PublishInventory = "publish_inventory",
    /// Keep the addresses at which an institution is reached.
    KeepAddresses = "keep_addresses",
    /// Keep the addresses at which the desk of a station is reached.
    KeepDeskAddresses = "keep_desk_addresses",

    // Incidents, drills, partners, the record, the platform.
    /// Report an incident.
    ReportIncident = "report_incident",
    /// Read the part of an incident that is about personal data.
    ReadPersonalData = "read_personal_data",
    /// Start a drill.
    StartDrill = "start_drill",
    /// Stop a drill.
    StopDrill = "stop_drill",
    /// Export to a foreign partner.
    ExportToPartner = "export_to_partner",
    /// Hide content by a new signed record; two persons.
    Redact = "redact",
    /// Read the record: who did and saw what.
    ReadRecord = "read_record",
    /// Verify the log: hashes, not content.
    VerifyLog = "verify_log",
    /// Run the platform.
    OperatePlatform = "operate_platform",
    /// Use one's share of a key.
    UseKeyShare = "use_key_share",
}

impl Action {
    /// The kind of act that it drafts, reviews or signs.
    pub(super) fn about_kind(self) -> Option<ActKind> {
        let of = |kind: ActKind| [Self::draft(kind), Self::review(kind), Self::sign(kind)];
        ActKind::ALL.iter().copied().find(|kind| of(*kind).contains(&self))
    }

    /// The action of drafting an act of this kind.
    pub fn draft(kind: ActKind) -> Self {
        match kind {
            ActKind::Advisory => Self::DraftAdvisory,
            ActKind::Guideline => Self::DraftGuideline,
            ActKind::ActionRequest => Self::DraftActionRequest,
            ActKind::Directive => Self::DraftDirective,
        }
    }

    /// The action of reviewing an act of this kind.
    pub fn review(kind: ActKind) -> Self {
        match kind {
            ActKind::Advisory => Self::ReviewAdvisory,
            ActKind::Guideline => Self::ReviewGuideline,
            ActKind::ActionRequest => Self::ReviewActionRequest,
            ActKind::Directive => Self::ReviewDirective,
        }
    }

    /// The action of signing an act of this kind.
    pub fn sign(kind: ActKind) -> Self {
        match kind {
            ActKind::Advisory => Self::SignAdvisory,
            ActKind::Guideline => Self::SignGuideline,
            ActKind::ActionRequest => Self::SignActionRequest,
            ActKind::Directive => Self::SignDirective,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
