//! A dog's coat: tens of thousands of hairs, painted one over the other along the way they lie.

use image::{Rgb, RgbImage};

use super::{
    COARSER, HEIGHT, WIDTH,
    canvas::{Light, photograph, srgb},
    noise::{hash, layered, mix, smooth, step},
};

pub(super) struct Coat {
    dark: Light,
    light: Light,
    /// A second colour in patches.
    patch: Option<(Light, Light)>,
    hairs: i32,
    /// Touches of the brush for one hair, and how sharply it winds.
    length: u32,
    curl: f32,
}

/// Locks of curls to the height of the picture.
const LOCKS: f32 = 13.0;

impl Coat {
    pub(super) const APRICOT_CURLS: Self = Self {
        dark: srgb(0x8a5a36),
        light: srgb(0xe8bd8c),
        patch: None,
        hairs: 34_000,
        length: 64,
        curl: 0.17,
    };
    pub(super) const LIVER_AND_WHITE: Self = Self {
        dark: srgb(0xb9ab9c),
        light: srgb(0xf6f0e8),
        patch: Some((srgb(0x3d2114), srgb(0x8a5230))),
        hairs: 30_000,
        length: 58,
        curl: 0.0,
    };
}

pub(super) fn paint(coat: Coat, seed: u32) -> RgbImage {
    let ground = coat.dark * 0.35;
    let mut picture = photograph(seed, |x, y| {
        coat.colours(x, y, 0.5, seed).0.mix(ground, 0.5)
            * (0.5 + 0.5 * layered(x * 12.0, y * 12.0, 3, seed))
    });
    let hairs = coat.hairs / (COARSER * COARSER) as i32;
    for n in 0..hairs {
        coat.hair(&mut picture, n, n as f32 / hairs as f32, seed);
    }
    picture
}

impl Coat {
    /// From the bottom of the picture up, so that each lies upon those below it, as shingles do.
    fn hair(&self, picture: &mut RgbImage, n: i32, height: f32, seed: u32) {
        let x = mix(-0.05, 1.83, hash(n, 1, seed));
        let y = 1.08 - 1.16 * height + 0.10 * (hash(n, 2, seed) - 0.5);
        let way = self.way(x, y, seed) + 0.5 * (hash(n, 4, seed) - 0.5);
        let mut brush = Brush { x, y, way };
        let ticked = hash(n, 7, seed);
        let (dark, light) = self.colours(x, y, ticked, seed);
        let shade = mix(0.35, 1.0, hash(n, 3, seed));
        for touch in 0..self.length {
            let along = touch as f32 / self.length as f32;
            // The middle of a hair catches the light, root and tip do not.
            let lit = along * (1.0 - along) * 4.0 * shade;
            brush.dab(picture, dark.mix(light, lit), 0.75 * (1.0 - along * along));
            brush.way += self.turn(&brush, seed) + 0.05 * (hash(n, touch as i32, seed ^ 6) - 0.5);
            brush.go(0.0021);
        }
    }

    /// A straight hair goes its way; a curly one winds round the middle of its lock.
    fn turn(&self, brush: &Brush, seed: u32) -> f32 {
        if self.curl == 0.0 {
            return 0.0;
        }
        // No two locks are alike in size, and they lie in no rows.
        let x = brush.x * LOCKS + 2.4 * smooth(brush.x * 4.0, brush.y * 4.0, seed ^ 11);
        let y = brush.y * LOCKS + 2.4 * smooth(brush.x * 4.0, brush.y * 4.0, seed ^ 12);
        let (i, j) = (x.floor() as i32, y.floor() as i32);
        let cx = x.floor() + 0.2 + 0.6 * hash(i, j, seed ^ 9);
        let cy = y.floor() + 0.2 + 0.6 * hash(i, j, seed ^ 10);
        let side = if hash(i, j, seed ^ 13) < 0.5 { -1.0 } else { 1.0 };
        let tangent = (y - cy).atan2(x - cx) + side * std::f32::consts::FRAC_PI_2;
        let inwards = tangent + side * 0.3 - brush.way;
        self.curl * inwards.sin()
    }

    /// Which way the hair lies, in radians: mostly down, round the body.
    fn way(&self, x: f32, y: f32, seed: u32) -> f32 {
        1.35 + 1.1 * (layered(x * 1.6, y * 1.6, 3, seed ^ 7) - 0.5) + 0.35 * (x - 0.9)
    }

    /// Shadow and light of a hair that grows here. Where two patches meet they mingle, hair by hair.
    fn colours(&self, x: f32, y: f32, ticked: f32, seed: u32) -> (Light, Light) {
        let Some(patch) = self.patch else { return (self.dark, self.light) };
        let patches = layered(x * 1.5 + 3.7, y * 1.5 + 1.3, 4, seed ^ 8);
        let share = step(0.50, 0.54, patches + 0.07 * (ticked - 0.5));
        (self.dark.mix(patch.0, share), self.light.mix(patch.1, share))
    }
}

struct Brush {
    x: f32,
    y: f32,
    /// In radians, clockwise from the right.
    way: f32,
}

impl Brush {
    fn go(&mut self, length: f32) {
        self.x += length * self.way.cos();
        self.y += length * self.way.sin();
    }

    /// One touch, two pixels wide.
    fn dab(&self, picture: &mut RgbImage, Light(r, g, b): Light, cover: f32) {
        let over = [r, g, b].map(|light| light.max(0.0).sqrt() * 255.0);
        let (column, row) = ((self.x * HEIGHT as f32) as i64, (self.y * HEIGHT as f32) as i64);
        for (dx, dy, share) in [(0, 0, 1.0), (1, 0, 0.6), (0, 1, 0.5)] {
            let place = u32::try_from(column + dx).ok().zip(u32::try_from(row + dy).ok());
            let Some((i, j)) = place.filter(|&(i, j)| i < WIDTH && j < HEIGHT) else { continue };
            let Rgb(under) = picture.get_pixel_mut(i, j);
            for (under, over) in under.iter_mut().zip(over) {
                *under = mix(f32::from(*under), over, cover * share) as u8;
            }
        }
    }
}
