//! A stable word for every cause of a refusal, beside the enum that names the causes.

/// Gives an enum of causes `reason`, a stable word a variant, and `reasons`, the list of these words.
///
/// The `match` knows every variant, so a new one without a word does not compile. A variant that holds a cause of its
/// own speaks by that one's word.
///
/// ```
/// enum Text {
///     Empty,
/// }
/// enum Refused {
///     Closed,
///     TooLong { most: usize },
///     Text(Text),
/// }
/// bongsu_authority::reasons!(Text { Self::Empty => "empty", });
/// bongsu_authority::reasons!(Refused {
///     Self::Closed => "closed",
///     Self::TooLong { .. } => "too-long",
/// } inside {
///     Self::Text(text) => text: Text,
/// });
/// assert_eq!(Refused::TooLong { most: 4 }.reason(), "too-long");
/// assert_eq!(Refused::Text(Text::Empty).reason(), "empty");
/// assert_eq!(Refused::reasons(), ["closed", "too-long", "empty"]);
/// ```
#[macro_export]
macro_rules! reasons {
    (
        $error:ty { $($pattern:pat => $word:literal,)* }
        $(inside { $($outer:pat => $inner:ident: $type:ty,)+ })?
    ) => {
        impl $error {
            /// A stable word for the cause, by which programs and pages tell it from others.
            pub fn reason(&self) -> &'static str {
                match self {
                    $($pattern => $word,)*
                    $($($outer => $inner.reason(),)+)?
                }
            }

            /// Every word that [`reason`](Self::reason) gives.
            pub fn reasons() -> Vec<&'static str> {
                [vec![$($word),*], $($(<$type>::reasons()),+)?].concat()
            }
        }
    };
}
