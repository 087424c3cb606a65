//! What a refusal is about, in words that stay: each a code for programs and pages, and an English text.

use std::fmt;

macro_rules! phrases {
    ($(#[$about:meta])* $name:ident { $($variant:ident = $word:literal: $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum $name {
            $(#[doc = $text] $variant,)+
        }

        bongsu_authority::reasons!($name { $(Self::$variant => $word,)+ });

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $text,)+
                })
            }
        }
    };
}

phrases! {
    /// What a wish lacks.
    Lack {
        AlertKorean = "lacks-alert-korean": "an alert lacks its text in Korean; give it, such as `정상 근무 시간 외 감시를 강화한다`",
        AlertEnglish = "lacks-alert-english": "an alert lacks its text in English; give it, such as `watch outside office hours, too`",
        CaseTitle = "lacks-case-title": "a case lacks its title; give it, such as `VPN appliance, login bypass`",
        Channel = "lacks-channel": "a receipt lacks its channel; give it, such as `mail`",
        AmendReason = "lacks-amend-reason": "amending lacks a reason; give it, such as `two ministries were left out`",
        NamesPurpose = "lacks-names-purpose": "reading names lacks a purpose; give it, such as `calling who has not answered`",
        ListDecline = "lacks-list-decline": "declining a list lacks the reason; give it, such as `the counts say as much`",
        ListPurpose = "lacks-list-purpose": "asking for a list lacks a purpose; give it, such as `reporting to the minister on Friday`",
        ListChoice = "lacks-list-choice": "asking for a list lacks what is chosen; give it, such as `{}` for everybody who is late",
        ListShortChoice = "lacks-short-choice": "asking for a list lacks a short choice; give it in at most 1,000 bytes",
        RemindReason = "lacks-reminder-reason": "a reminder lacks its reason; give it, such as `the date to acknowledge is past`",
        LegalBasis = "lacks-legal-basis": "a directive lacks its legal basis; give it, such as `network-act-47-4`",
        Signature = "lacks-signature": "signing lacks the node's signature; give it, such as the one its key makes of the text",
        WithdrawReason = "lacks-withdraw-reason": "withdrawing lacks a reason; give it, such as `the supplier withdrew its advisory`",
        ReclockReason = "lacks-reclock-reason": "clocking anew lacks a reason; give it, such as `exploited since this morning`",
        DraftTitle = "lacks-draft-title": "a draft lacks its Korean title; give it, such as `VPN 장비 긴급 조치`",
        DraftTodo = "lacks-draft-todo": "a draft lacks what to do, in Korean; give it, such as `4.2 버전으로 올리십시오`",
        ReadPurpose = "lacks-read-purpose": "reading the case lacks a purpose; give it, such as `preparing the action request`",
        ConfirmEvidence = "lacks-confirm-evidence": "confirming lacks its evidence; give it, such as `reproduced on version 4.1`",
        RejectReason = "lacks-reject-reason": "rejecting lacks a reason for the finder; give it, such as `the input never reaches the parser`",
        PublishReason = "lacks-publish-reason": "publishing lacks a reason; give it, such as `the supplier has published its fix`",
        ReopenFact = "lacks-reopen-fact": "reopening lacks the new fact; give it, such as `the fix can be bypassed`",
        MergeReason = "lacks-merge-reason": "merging lacks a reason; give it, such as `same identifier CVE-2021-44228`",
        SplitReason = "lacks-split-reason": "splitting lacks a reason; give it, such as `another code path`",
        SaidBy = "lacks-said-by": "saying so lacks who says it; give it, such as `KEV catalogue`",
        MemberReason = "lacks-member-reason": "adding a member lacks a reason; give it, such as `analyst of the affected sector`",
        EmbargoEnd = "lacks-embargo-end": "an embargo lacks a date or an event that ends it; give it, such as `the supplier's release`",
        LiftReason = "lacks-lift-reason": "ending an embargo lacks a reason; give it, such as `the supplier published its fix`",
        KeepReason = "lacks-keep-reason": "keeping the embargo lacks a reason; give it, such as `the supplier asks for two more days`",
        Mitigation = "lacks-mitigation": "mitigating lacks what was done; give it, such as `management port closed at the firewall`",
        VerifyHow = "lacks-verify-how": "verifying lacks how it was checked; give it, such as `new inventory no longer matches`",
        RefuteHow = "lacks-refute-how": "refuting lacks how it was checked; give it, such as `the old version still answers`",
        ExtensionReason = "lacks-extension-reason": "asking for time lacks a reason; give it, such as `the fix needs a stop of the line`",
        DecisionReason = "lacks-decision-reason": "deciding lacks a reason; give it, such as `mitigated meanwhile`",
        Team = "lacks-team": "assisting lacks the team; give it, such as `regional centre 3`",
        Control = "lacks-control": "a waiver lacks its compensating control; give it, such as `behind an application firewall`",
        Addressees = "lacks-addressees": "signing lacks addressees; give it, such as everybody the index says is affected",
        Justification = "lacks-justification": "not affected lacks its justification; give it, such as `vulnerable_code_not_present`, or a sentence of ten characters or more",
    }
}

phrases! {
    /// What has to happen first, or stands in the way.
    Wait {
        CaseNotConfirmed = "case-not-confirmed": "signing waits: the case is not confirmed; the coordinator confirms or reopens it first",
        ReviewFirst = "review-first": "signing waits: a second person reviews the text first",
        ValidateFirst = "validate-first": "confirming waits: what is not public is validated first; validate it, then confirm",
        CoordinateFirst = "coordinate-first": "publishing waits: what is not public is coordinated with its supplier first",
        AcknowledgeFirst = "acknowledge-first": "assessing waits: the accountable officer acknowledges first",
        AssessFirst = "inventory-first": "verifying waits: the inventory assesses it first; nothing is proven fixed that was not there",
        ReleaseFirst = "release-first": "taking the list waits: a second person of the same scope releases it first",
        NoFixDate = "no-fix-date": "asking for time waits: there is no date to fix it by, so none to extend",
        WaiverLasts = "waiver-lasts": "ending the waiver waits: the waiver still lasts; claim it fixed, or wait for its end",
        InventoryContradicts = "inventory-contradicts": "closing waits: the inventory says affected; somebody else verifies the assessment first",
        ForensicFirst = "forensic-first": "closing waits: a forensic check finds no intrusion first; record its result",
        PublicCoordinated = "public-no-embargo": "a case that is public is not coordinated under embargo; publish it instead",
        PublicStays = "public-stays": "a case that is public cannot be put under embargo; what is public stays public",
        NoEmbargo = "no-embargo": "a case without an embargo has none to end; publish it instead",
        SoonerTakesTwo = "sooner-takes-two": "an embargo ends sooner only when two persons agree; propose to lift it until that date",
        LaterIsSet = "later-is-set": "an embargo is not lifted to the date it has, or to a later one; set it to that date instead",
        LiftProposed = "lift-proposed": "an embargo is lifted as another person proposed it; look at what is proposed now, or propose it",
        ActsRun = "acts-run": "a case cannot be merged while acts about it run; withdraw them first",
        NotMerged = "not-merged": "a case that was not merged cannot be split; only a merge can be taken back",
        NotIssued = "act-not-issued": "nobody can be reminded of an act that is not issued; only under an act that is issued does somebody owe an answer",
        OtherCase = "act-other-case": "an act cannot be moved to another case; write a new one there",
        AmendKeeps = "amendment-keeps": "an act cannot be amended in kind, issuer, drill, or to a lower label; write a new one",
        OthersSystem = "others-system": "this system is another institution's; draw a new id",
        AlertScheme = "alert-scheme": "the alert of this domain counts by another scheme; choose a level of that one",
        AlertLowers = "alert-lowers": "this is less than the alert that stands, or ends sooner: sign it as one that lowers",
        AlertRaises = "alert-raises": "no graver or longer alert stands: sign it as one that raises or prolongs",
    }
}

phrases! {
    /// What somebody had a hand in, so that a second person is needed.
    Hand {
        WroteReviews = "wrote-reviews": "who wrote the text may not review it",
        ReviewedSigns = "reviewed-signs": "who reviewed the text may not sign it",
        WroteSigns = "wrote-signs": "who wrote the text may not sign the directive",
        AskedReleases = "asked-releases": "who asked for the list may not release it",
        ClaimedCountersigns = "claimed-countersigns": "who claimed it may not countersign it",
        ClaimedChecks = "claimed-checks": "who claimed it may not verify or refute it",
        CountersignedChecks = "countersigned-checks": "who countersigned it may not verify or refute it",
        AssessedChecks = "assessed-checks": "who said that it is not affected may not verify or refute it",
        AskedDecides = "asked-decides": "who asked for it may not decide it",
        OwnInstitution = "own-institution": "who holds a post at the institution may not decide or verify for it",
    }
}

phrases! {
    /// An instant that somebody names.
    Moment {
        AcknowledgeBy = "acknowledge-by": "the instant to acknowledge by",
        AssessBy = "assess-by": "the instant to assess by",
        FixBy = "fix-by": "the instant to fix by",
        Plan = "plan-date": "the date of the plan",
        Extension = "extension-date": "the extension to",
        Waiver = "waiver-date": "the waiver to",
        Embargo = "embargo-end": "the end of the embargo",
        Exploited = "exploited-since": "since when it is exploited",
        Membership = "membership-end": "the end of the membership",
        Appointment = "appointment-end": "the end of an appointment",
        Delegation = "delegation-end": "the end of a delegation",
        Inventory = "inventory-date": "the date of the inventory",
        Alert = "alert-end": "the end of an alert",
    }
}
