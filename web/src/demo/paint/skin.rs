//! Skin from near: mottled colour, pores, fine lines, a flushed patch, a mole or two.

use image::RgbImage;

use super::{
    canvas::{Light, photograph, srgb},
    noise::{cells, layered, mix, smooth, step},
};

pub(super) struct Face {
    tone: Light,
    flush: Light,
    /// Centre and radius of the flushed patch, and how strong it is.
    patch: (f32, f32, f32, f32),
    /// Pores to the height of the picture.
    pores: f32,
    moles: &'static [(f32, f32, f32)],
    lines: f32,
}

impl Face {
    pub(super) const CHEEK: Self = Self {
        tone: srgb(0xe2b08f),
        flush: srgb(0xd06a5a),
        patch: (0.95, 0.52, 0.46, 0.75),
        pores: 46.0,
        moles: &[(0.42, 0.3, 0.014), (1.42, 0.74, 0.009)],
        lines: 0.0,
    };
    pub(super) const FOREHEAD: Self = Self {
        tone: srgb(0xd9a27c),
        flush: srgb(0xc77a5e),
        patch: (0.5, 0.9, 0.5, 0.35),
        pores: 60.0,
        moles: &[(1.3, 0.32, 0.011)],
        lines: 1.0,
    };
}

pub(super) fn paint(face: Face, seed: u32) -> RgbImage {
    let shift = (seed % 97) as f32 * 0.013;
    photograph(seed, |x, y| face.at(x + shift, y, x, y, seed))
}

impl Face {
    /// `u`, `v` move with the take; `x`, `y` stand still in the picture.
    fn at(&self, u: f32, v: f32, x: f32, y: f32, seed: u32) -> Light {
        // Light from the upper left: what rises towards it is brighter.
        let rise = self.height(u, v, seed) - self.height(u + 0.0016, v + 0.0016, seed);
        let relief = 1.0 + 11.0 * rise;
        let round = 1.02 - 0.25 * ((x - 0.75) * (x - 0.75) + (y - 0.35) * (y - 0.35));
        let shine = 0.05
            * step(0.55, 0.9, layered(u * 5.0, v * 5.0, 3, seed ^ 9))
            * step(0.7, 0.0, (x - 0.62).hypot(y - 0.3));
        let lit = self.colour(u, v, seed) * (relief * round);
        lit + Light(shine, shine, shine)
    }

    fn height(&self, u: f32, v: f32, seed: u32) -> f32 {
        let bend = 0.06 * smooth(u * 3.0, v * 3.0, seed);
        let (pore, depth) = cells((u + bend) * self.pores, v * self.pores, seed ^ 1);
        let pore = -(0.4 + depth) * step(0.32, 0.0, pore);
        let (net, _) = cells((u - bend) * self.pores * 2.3, v * self.pores * 2.0, seed ^ 2);
        let wrinkle = self.lines * wrinkles(u, v, seed);
        0.012 * pore + 0.011 * net + 0.006 * layered(u * 160.0, v * 160.0, 2, seed) - wrinkle
    }

    fn colour(&self, u: f32, v: f32, seed: u32) -> Light {
        let mottled = layered(u * 9.0, v * 9.0, 4, seed ^ 3);
        let base = self.tone.mix(self.flush, 0.55 * (mottled - 0.35).max(0.0));
        let (cx, cy, radius, strength) = self.patch;
        let wobble = 0.35 * (layered(u * 4.0, v * 4.0, 4, seed ^ 4) - 0.5);
        let from_patch = (u - cx).hypot(v - cy) / radius + wobble;
        let flushed = strength * step(1.0, 0.15, from_patch) * mix(0.6, 1.0, mottled);
        let (spot, size) = cells(u * 9.0, v * 9.0, seed ^ 5);
        let freckle = 0.35 * step(0.16, 0.0, spot / size.max(0.05)) * step(0.4, 0.7, mottled);
        let brown = self.tone.mix(srgb(0x7a4a30), 0.8);
        let skin = base.mix(self.flush, flushed).mix(brown, freckle);
        skin.mix(srgb(0x4a2a1c), self.mole(u, v, seed))
    }

    fn mole(&self, u: f32, v: f32, seed: u32) -> f32 {
        let edge = 0.25 * smooth(u * 90.0, v * 90.0, seed ^ 6);
        let covers =
            |&(x, y, r): &(f32, f32, f32)| step(1.2, 0.55, (u - x).hypot(v - y) / r + edge);
        0.9 * self.moles.iter().map(covers).fold(0.0, f32::max)
    }
}

/// Three lines across a forehead.
fn wrinkles(u: f32, v: f32, seed: u32) -> f32 {
    let wave = 0.05 * smooth(u * 1.7, 3.0, seed) + 0.008 * smooth(u * 14.0, 5.0, seed);
    let line = |at: f32| {
        step(0.016, 0.0, (v - at - wave).abs()) * mix(0.3, 1.0, smooth(u * 2.0, at * 40.0, seed))
    };
    0.014 * [0.2, 0.42, 0.66].into_iter().map(line).sum::<f32>()
}
