//! Colours in linear light, and the camera that turns them into a picture.

use std::ops::{Add, Mul};

use image::RgbImage;

use super::{HEIGHT, WIDTH, noise::hash};

/// Linear light, 0..1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Light(pub f32, pub f32, pub f32);

/// From an sRGB colour as designers write it.
pub(super) const fn srgb(hex: u32) -> Light {
    Light(linear(hex >> 16), linear(hex >> 8), linear(hex))
}

/// A gamma of 2 is near enough, and can be computed before the program runs.
const fn linear(byte: u32) -> f32 {
    let share = (byte & 0xff) as f32 / 255.0;
    share * share
}

impl Light {
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        self * (1.0 - share) + other * share
    }
}

impl Add for Light {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1, self.2 + other.2)
    }
}

impl Mul<f32> for Light {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        Self(self.0 * factor, self.1 * factor, self.2 * factor)
    }
}

/// Asks for the light at each point (x to the right in 0..16/9, y down in 0..1), and adds what a
/// camera adds: a little darkness in the corners, a little grain. All cores help.
pub(super) fn photograph(seed: u32, scene: impl Fn(f32, f32) -> Light + Sync) -> RgbImage {
    let mut picture = RgbImage::new(WIDTH, HEIGHT);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let band = (HEIGHT as usize).div_ceil(cores);
    let bytes_per_row = WIDTH as usize * 3;
    std::thread::scope(|scope| {
        for (n, rows) in picture.chunks_mut(band * bytes_per_row).enumerate() {
            let scene = &scene;
            scope.spawn(move || {
                for (row, pixels) in rows.chunks_mut(bytes_per_row).enumerate() {
                    expose(pixels, (n * band + row) as u32, seed, scene);
                }
            });
        }
    });
    picture
}

fn expose(pixels: &mut [u8], row: u32, seed: u32, scene: &impl Fn(f32, f32) -> Light) {
    let y = row as f32 / HEIGHT as f32;
    for (column, pixel) in pixels.chunks_mut(3).enumerate() {
        let x = column as f32 / HEIGHT as f32;
        let (dx, dy) = (x - 8.0 / 9.0, y - 0.5);
        let corner = 1.0 - 0.22 * (dx * dx + dy * dy);
        let grain = 0.012 * (hash(column as i32, row as i32, seed ^ 0x00c0_ffee) - 0.5);
        let Light(r, g, b) = scene(x, y) * corner;
        let seen = [r, g, b].map(|light| ((light.max(0.0).sqrt() + grain) * 255.0) as u8);
        pixel.copy_from_slice(&seen);
    }
}
