//! A hand on a towel, four fingers from above: skin rounded by the light, polished nails with a
//! window's reflection, a gap at the cuticle where they have grown out.

use image::RgbImage;

use super::{
    canvas::{Light, photograph, srgb},
    noise::{layered, smooth, step},
};

pub(super) struct Polish {
    colour: Light,
    /// How far the nail has grown out since, as a share of its length.
    grown: f32,
    /// Whether a corner chipped off.
    chipped: bool,
    towel: Light,
    skin: Light,
}

impl Polish {
    pub(super) const RED: Self = Self {
        colour: srgb(0xa8121f),
        grown: 0.20,
        chipped: true,
        towel: srgb(0xe9e6e0),
        skin: srgb(0xdba685),
    };
    pub(super) const NUDE: Self = Self {
        colour: srgb(0xd99a94),
        grown: 0.08,
        chipped: false,
        towel: srgb(0x8fa3a0),
        skin: srgb(0xc98f6b),
    };
}

/// A finger: where its tip's centre is, its half width, its lean.
struct Finger {
    x: f32,
    y: f32,
    radius: f32,
    lean: f32,
}

const FINGERS: [Finger; 4] = [
    Finger { x: 0.34, y: 0.42, radius: 0.118, lean: 0.16 },
    Finger { x: 0.70, y: 0.27, radius: 0.128, lean: 0.05 },
    Finger { x: 1.07, y: 0.30, radius: 0.125, lean: -0.05 },
    Finger { x: 1.42, y: 0.50, radius: 0.104, lean: -0.17 },
];

pub(super) fn paint(polish: Polish, seed: u32) -> RgbImage {
    let moved = (seed % 13) as f32 * 0.004;
    photograph(seed, |x, y| polish.at(x - moved, y + moved, seed))
}

impl Polish {
    fn at(&self, x: f32, y: f32, seed: u32) -> Light {
        let mut light = self.towel_at(x, y, seed);
        for (n, finger) in (0u32..).zip(&FINGERS) {
            // Across from -1 to 1 between the finger's sides; along from 0 at the tip's centre down.
            let along = y - finger.y;
            let width = finger.radius * (1.0 + 0.18 * step(0.0, 0.5, along));
            let across = (x - finger.x - finger.lean * along) / width;
            let tip = if along < 0.0 { along / (finger.radius * 1.25) } else { 0.0 };
            let out = across.hypot(tip);
            light = light * (1.0 - 0.5 * step(1.35, 0.95, out - 0.05));
            if out < 1.0 {
                let skin = self.skin_at(across, along, out, n, seed);
                let edge = step(1.0, 0.97, out);
                light =
                    light.mix(self.nail_over(skin, across, along / finger.radius, n, seed), edge);
            }
        }
        light
    }

    /// Linen: threads over and under each other, in soft folds.
    fn towel_at(&self, x: f32, y: f32, seed: u32) -> Light {
        let fold = layered(x * 1.6, y * 2.3, 3, seed ^ 11);
        let (warp, weft) = ((x * 520.0).sin(), (y * 520.0).sin());
        let uneven =
            layered(x * 90.0, y * 30.0, 2, seed ^ 12) + layered(x * 30.0, y * 90.0, 2, seed);
        self.towel * (0.42 + 0.42 * fold + 0.05 * warp * weft + 0.10 * uneven)
    }

    fn skin_at(&self, across: f32, along: f32, out: f32, finger: u32, seed: u32) -> Light {
        let seed = seed ^ (finger * 77);
        let round = (1.0 - out * out).max(0.0).sqrt();
        let lit = 0.34 + 0.62 * round - 0.16 * across;
        let texture = layered(across * 30.0, along * 200.0, 3, seed ^ 13);
        let joint = step(0.10, 0.0, (along - 0.42).abs());
        let crease = joint * step(0.55, 0.85, smooth(across * 1.5, along * 130.0, seed ^ 14));
        let rosy = self.skin.mix(srgb(0xc9604f), 0.30 * step(0.5, -0.1, along) + 0.2 * joint);
        rosy * (lit * (0.88 + 0.24 * texture) * (1.0 - 0.35 * crease))
    }

    /// The nail, if this point of the finger is on it. `down` is measured in half widths.
    fn nail_over(&self, skin: Light, across: f32, down: f32, finger: u32, seed: u32) -> Light {
        // A superellipse, a little narrower towards the cuticle.
        let (half_width, half_length, centre) = (0.70 - 0.05 * down, 0.98, -0.42);
        let (u, v) = (across / half_width, (down - centre) / half_length);
        let shape = u.abs().powf(2.7) + v.abs().powf(if v < 0.0 { 3.4 } else { 2.3 });
        if shape > 1.25 {
            return skin;
        }
        let fold = skin * (1.0 - 0.45 * step(1.25, 1.0, shape));
        let nail = self.surface(u, v, finger, seed) + reflection(u, v);
        fold.mix(nail, step(1.03, 0.97, shape))
    }

    /// Polish where there still is some, and the bare nail with its half-moon where not.
    fn surface(&self, u: f32, v: f32, finger: u32, seed: u32) -> Light {
        let round = 0.55 + 0.5 * (1.0 - 0.75 * u * u).max(0.0).sqrt() - 0.12 * u;
        let ridges = 0.94 + 0.12 * smooth(u * 14.0, v * 0.7, seed ^ finger);
        let moon = step(0.30, 0.16, (u * 0.9).hypot((v - 1.05) * 1.1) - 0.30);
        let bare = srgb(0xe3a998).mix(srgb(0xf4dcd0), moon) * (round * ridges);
        let cuticle = 1.0 - 2.0 * self.grown - 0.20 * u * u;
        let chip = self.chipped && finger == 1;
        let ragged = 0.22 * (layered(u * 7.0, v * 7.0, 3, seed ^ 15) - 0.5);
        let lost =
            if chip { step(0.02, -0.02, (u - 0.75).hypot(v + 0.85) - 0.50 + ragged) } else { 0.0 };
        let painted = step(0.02, -0.02, v - cuticle) * (1.0 - lost);
        let thick = 1.0 - 0.35 * step(0.06, 0.0, (v - cuticle).abs());
        bare.mix(self.colour * (round * thick), painted)
    }
}

/// A window beside the table, bent by the nail.
fn reflection(u: f32, v: f32) -> Light {
    let bend = u + 0.10 * v * v;
    let bar = step(0.17, 0.05, (bend + 0.42).abs()) * step(0.72, 0.55, (v + 0.1).abs());
    let mullion = 1.0 - 0.8 * step(0.03, 0.01, (v + 0.12).abs());
    let soft = 0.10 * step(0.6, 0.0, (bend - 0.35).abs()) * step(1.0, 0.4, v.abs());
    let light = 0.34 * bar * mullion + soft;
    Light(light, light, light * 1.03)
}
