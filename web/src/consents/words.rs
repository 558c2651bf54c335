//! The words that a customer agrees to. Whoever changes them changes the version too: what somebody
//! agreed to then can still be looked up in this file's history.

use serde::Serialize;
use utoipa::ToSchema;

use super::Consent;
use crate::language::Localized;

/// The version of the words below.
pub const CURRENT: &str = "2026-03-01";

const ZH: &str = "通话中，美容师可以为您或您的宠物拍摄照片，用于服务前的评估。\n\
    照片由您的手机拍摄，保存在本店您的档案里，只有本店员工可以查看，不会用于广告。\n\
    每次拍摄时，双方都会看到提示并听到快门声。您可以随时收回同意，也可以请我们删除照片。";
const EN: &str = "During the call the stylist may take pictures of you or your pet, to prepare the \
    service.\nThey are taken by your own phone's camera and kept in your file at this shop. Only \
    its staff can see them; they are never used for advertising.\nEach time, both of you see and \
    hear that a picture is taken. You may take this consent back whenever you like, and ask us to \
    delete the pictures.";

/// What is asked, and what the customer answered last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LinkConsent)]
pub struct AskedFor {
    pub version: String,
    pub text: Localized,
    /// Null: not answered yet, or to other words than these.
    pub granted: Option<bool>,
}

pub fn words() -> Localized {
    Localized { zh: ZH.to_owned(), en: EN.to_owned() }
}

impl AskedFor {
    /// A yes to older words is not a yes to these; a no stays a no.
    pub fn after(answer: Option<&Consent>) -> Self {
        let counts = |answer: &&Consent| !answer.granted || answer.stands();
        let granted = answer.filter(counts).map(|answer| answer.granted);
        Self { version: CURRENT.to_owned(), text: words(), granted }
    }
}
