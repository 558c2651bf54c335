//! Paints the pictures of the demo shop: what a camera close to nails, skin, hair or fur would show.
//! No stock photographs, no people: only numbers, the same at every start.

mod canvas;
mod fur;
mod hair;
mod nails;
mod noise;
mod skin;

use image::RgbImage;

/// Unoptimized builds, as tests run them, would take minutes: they paint smaller.
const COARSER: u32 = if cfg!(debug_assertions) { 4 } else { 1 };
const WIDTH: u32 = 1280 / COARSER;
const HEIGHT: u32 = 720 / COARSER;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Gel grown out at the cuticle.
    RedNails,
    NudeNails,
    /// Dry, with a reddened cheek.
    Cheek,
    Forehead,
    /// Dark roots, lightened lengths.
    Balayage,
    BlackHair,
    /// A poodle's curls.
    Curls,
    /// A spaniel's patches.
    Patches,
}

/// Another `seed` is another take of the same subject: the hand moved a little.
pub fn picture(subject: Subject, seed: u32) -> RgbImage {
    match subject {
        Subject::RedNails => nails::paint(nails::Polish::RED, seed),
        Subject::NudeNails => nails::paint(nails::Polish::NUDE, seed),
        Subject::Cheek => skin::paint(skin::Face::CHEEK, seed),
        Subject::Forehead => skin::paint(skin::Face::FOREHEAD, seed),
        Subject::Balayage => hair::paint(hair::Colouring::BALAYAGE, seed),
        Subject::BlackHair => hair::paint(hair::Colouring::BLACK, seed),
        Subject::Curls => fur::paint(fur::Coat::APRICOT_CURLS, seed),
        Subject::Patches => fur::paint(fur::Coat::LIVER_AND_WHITE, seed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_the_same_at_every_start_and_another_take_is_not() {
        let first = picture(Subject::RedNails, 7);
        assert_eq!(first, picture(Subject::RedNails, 7));
        assert_ne!(first, picture(Subject::RedNails, 8));
    }

    #[test]
    fn polish_is_red_and_black_hair_is_dark() {
        let brightness = |subject| {
            let picture = picture(subject, 1);
            let sum: u64 = picture.iter().map(|&byte| u64::from(byte)).sum();
            sum / picture.len() as u64
        };
        assert!(brightness(Subject::BlackHair) < 60);
        assert!(brightness(Subject::Cheek) > 120);
        let red = picture(Subject::RedNails, 1);
        let polished = |pixel: &&image::Rgb<u8>| pixel[0] > 120 && pixel[1] < 60 && pixel[2] < 70;
        assert!(red.pixels().filter(polished).count() > red.pixels().len() / 50);
    }
}
