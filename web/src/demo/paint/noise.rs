//! Smooth noise from nothing but coordinates and a seed.

/// A number in 0..1 that looks random, and is the same for the same lattice point.
pub(super) fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x9e37_79b1)
        ^ (y as u32).wrapping_mul(0x85eb_ca77)
        ^ seed.wrapping_mul(0xc2b2_ae3d);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    ((h ^ (h >> 15)) >> 8) as f32 / 16_777_216.0
}

/// Value noise in 0..1: one bump per unit.
pub(super) fn smooth(x: f32, y: f32, seed: u32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let (u, v) = (ease(x - column), ease(y - row));
    let (i, j) = (column as i32, row as i32);
    let top = mix(hash(i, j, seed), hash(i + 1, j, seed), u);
    let bottom = mix(hash(i, j + 1, seed), hash(i + 1, j + 1, seed), u);
    mix(top, bottom, v)
}

/// Several sizes of it on top of each other, each half as strong as the one before; in 0..1.
pub(super) fn layered(x: f32, y: f32, layers: u32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut scale) = (0.0, 0.5, 1.0);
    for layer in 0..layers {
        sum += weight * smooth(x * scale, y * scale, seed.wrapping_add(layer));
        weight *= 0.5;
        scale *= 2.0;
    }
    sum / (1.0 - weight * 2.0)
}

/// Distance to the nearest of points strewn one to a unit square, and that point's own number.
pub(super) fn cells(x: f32, y: f32, seed: u32) -> (f32, f32) {
    let (column, row) = (x.floor() as i32, y.floor() as i32);
    let mut nearest = (f32::MAX, 0.0);
    for j in row - 1..=row + 1 {
        for i in column - 1..=column + 1 {
            let dx = i as f32 + hash(i, j, seed) - x;
            let dy = j as f32 + hash(i, j, seed ^ 0x55aa) - y;
            let distance = dx * dx + dy * dy;
            if distance < nearest.0 {
                nearest = (distance, hash(i, j, seed ^ 0x1234));
            }
        }
    }
    (nearest.0.sqrt(), nearest.1)
}

pub(super) fn mix(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

/// 0 below `from`, 1 above `to`, smooth between.
pub(super) fn step(from: f32, to: f32, x: f32) -> f32 {
    ease(((x - from) / (to - from)).clamp(0.0, 1.0))
}

fn ease(x: f32) -> f32 {
    x * x * (3.0 - 2.0 * x)
}
