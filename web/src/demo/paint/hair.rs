//! Hair that falls: thousands of strands along gentle waves, a band of shine, roots that grew out.

use image::RgbImage;

use super::{
    canvas::{Light, photograph, srgb},
    noise::{layered, mix, smooth, step},
};

pub(super) struct Colouring {
    roots: Light,
    lengths: Light,
    ends: Light,
    /// How far down the roots reach.
    regrowth: f32,
    wave: f32,
    shine: f32,
}

impl Colouring {
    pub(super) const BALAYAGE: Self = Self {
        roots: srgb(0x3a2417),
        lengths: srgb(0x8a5a34),
        ends: srgb(0xd9b07a),
        regrowth: 0.26,
        wave: 0.11,
        shine: 0.34,
    };
    pub(super) const BLACK: Self = Self {
        roots: srgb(0x16110f),
        lengths: srgb(0x1d1613),
        ends: srgb(0x33231b),
        regrowth: 0.2,
        wave: 0.05,
        shine: 0.30,
    };
}

pub(super) fn paint(colouring: Colouring, seed: u32) -> RgbImage {
    photograph(seed, |x, y| colouring.at(x, y, seed))
}

impl Colouring {
    fn at(&self, x: f32, y: f32, seed: u32) -> Light {
        // Which lock, and which strand of it, passes through here.
        let lock =
            x + self.wave * (y * 5.5 + 2.2 * smooth(x * 2.5, y * 0.8, seed)).sin() * (0.3 + y);
        let part = 0.10 * (smooth(lock * 7.0, y * 1.3, seed ^ 1) - 0.5) * (0.4 + y);
        let across = lock + part;
        let strand = strands(across, y, seed);
        let bundle = layered(across * 16.0, y * 0.9, 3, seed ^ 2);
        let depth = step(0.18, 0.62, bundle) * step(0.05, 0.55, strand);
        let colour = self.colour(across, y, seed) * mix(0.22, 1.35, depth);
        let shine = self.shine * self.highlight(across, y, seed) * strand * strand;
        colour + self.ends.mix(Light(1.0, 0.97, 0.92), 0.55) * shine
    }

    fn colour(&self, across: f32, y: f32, seed: u32) -> Light {
        let ragged = 0.24 * (layered(across * 34.0, 0.5, 3, seed ^ 3) - 0.5);
        let grown = step(self.regrowth - 0.13, self.regrowth + 0.13, y + ragged);
        let painted = layered(across * 11.0, y * 0.6, 3, seed ^ 4);
        let light = step(0.25, 1.05, y * 0.75 + 0.7 * (painted - 0.35) + ragged);
        self.roots.mix(self.lengths.mix(self.ends, light), grown)
    }

    /// A band across, where the head is round.
    fn highlight(&self, across: f32, y: f32, seed: u32) -> f32 {
        let centre = 0.42 + 0.10 * (layered(across * 6.0, 0.2, 3, seed ^ 5) - 0.5);
        let second = 0.2 * step(0.16, 0.0, (y - 0.86 - 0.5 * (centre - 0.42)).abs());
        0.5 * step(0.10, 0.0, (y - centre).abs())
            + 0.5 * step(0.34, 0.0, (y - centre).abs())
            + second
    }
}

/// Brightness of the strand here: fine ones upon finer ones, each lasting a long way down.
fn strands(across: f32, y: f32, seed: u32) -> f32 {
    let fine = smooth(across * 420.0, y * 2.2, seed ^ 6);
    let finer = smooth(across * 900.0, y * 3.5, seed ^ 7);
    let coarse = smooth(across * 130.0, y * 1.5, seed ^ 8);
    0.45 * fine + 0.25 * finer + 0.3 * coarse
}
