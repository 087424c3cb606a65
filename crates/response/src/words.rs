//! The words people read for a state, in Korean and English, beside the type they name.

/// Gives an enum its list, its words and its `Display` (English).
macro_rules! words {
    ($($type:ident { $($variant:ident: $en:literal, $ko:literal;)* })*) => {$(
        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The English word, lower case.
            pub fn label_en(self) -> &'static str {
                match self { $(Self::$variant => $en),* }
            }

            /// The Korean word.
            pub fn label_ko(self) -> &'static str {
                match self { $(Self::$variant => $ko),* }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.label_en())
            }
        }
    )*};
}

pub(crate) use words;
