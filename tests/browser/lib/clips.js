// What the fake cameras and microphones play: made once with ffmpeg, kept under target/.
//
// Every clip shows four plain quarters, each of another colour, so that a picture tells which
// camera it came from and which way is up; a white square wanders through the middle, so that no
// frame is like the one before. That takes little to send; a lively clip is of skin, held by hand.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { target } from './paths.js';

const folder = join(target, 'clips');

/** Colours by quarter: top left, top right, bottom left, bottom right. */
const quarters = {
  customer: ['#c83228', '#28a046', '#2846c8', '#d2b428'],
  stylist: ['#7828a0', '#dc7828', '#28a0a0', '#b4b4b4'],
};

/** Uncompressed, so that colours can be compared; hence few frames. `rate` in frames per second. */
const sizes = {
  customer: { width: 1920, height: 1080, frames: 12, rate: 30 },
  stylist: { width: 640, height: 360, frames: 60, rate: 30 },
  /** What four browsers on a machine of two cores can hold. */
  group: { width: 640, height: 360, frames: 30, rate: 15 },
  /** Where what is shown matters, and not how smoothly. */
  calm: { width: 640, height: 360, frames: 20, rate: 10 },
  hd: { width: 1280, height: 720, frames: 30, rate: 30 },
  lively: { width: 640, height: 360, frames: 30, rate: 20, texture: true },
};

/**
 * The paths of a clip.
 * @param {'customer' | 'stylist'} who whose colours and voice
 * @param {keyof typeof sizes} size
 */
export function clip(who, size = who) {
  mkdirSync(folder, { recursive: true });
  const { width, height, rate, texture } = sizes[size];
  const name = [who, `${width}x${height}`, rate, ...(texture ? ['lively'] : [])].join('-');
  const video = join(folder, `${name}.y4m`);
  const audio = join(folder, `${who}.wav`);
  if (!existsSync(video)) make(video, videoArguments(quarters[who], sizes[size]));
  if (!existsSync(audio)) make(audio, audioArguments(who === 'stylist' ? 500 : 250));
  return { video, audio, width, height, quarters: quarters[who].map(channels) };
}

/** @param {string} colour */
function channels(colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** Written beside its place first: a run that was stopped leaves no half clip. */
function make(path, args) {
  const extension = path.slice(path.lastIndexOf('.'));
  const partial = `${path}.partial${extension}`;
  execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...args, partial]);
  renameSync(partial, path);
}

function videoArguments(colours, shape) {
  const { width, height, frames, rate, texture } = shape;
  const plain = (colour) => `color=c=${colour}:s=${width / 2}x${height / 2}:r=${rate}`;
  const inputs = colours.flatMap((colour) => ['-f', 'lavfi', '-i', plain(colour)]);
  const size = Math.round(height / 18) * 2;
  const square = ['-f', 'lavfi', '-i', `color=c=white:s=${size}x${size}:r=${rate}`];
  const wander = `x='(W-w)/2+h*1.5*sin(n*2*PI/${frames})':y='(H-h)/2'`;
  const rows = '[0][1]hstack[top];[2][3]hstack[bottom];[top][bottom]vstack[all]';
  const overlaid = `${rows};[all][4]overlay=${wander}`;
  const filter = texture ? `${overlaid}[plain];${textured(shape)}` : overlaid;
  const out = ['-frames:v', frames, '-pix_fmt', 'yuv420p'].map(String);
  return [...inputs, ...square, '-filter_complex', filter, ...out];
}

/** Coarse noise that sways as a hand does, under that of a sensor. */
function textured({ width, height, frames, rate }) {
  const [spareX, spareY] = [width / 64, height / 60];
  const pores = `geq=lum='random(1)*255':cb=128:cr=128,trim=end_frame=1,gblur=1.6,eq=contrast=3`;
  const turn = `n*2*PI/${frames}`;
  const sway = `x='${spareX}*(1+0.9*sin(${turn}))':y='${spareY}*(1+0.9*cos(${turn}))'`;
  const source = `nullsrc=s=${width + 2 * spareX}x${height + 2 * spareY}:r=${rate},${pores}`;
  const skin = `${source},loop=-1:1:0,crop=${width}:${height}:${sway},format=yuv444p[skin]`;
  const blend = 'blend=c0_mode=softlight:c1_mode=normal:c2_mode=normal,noise=alls=3:allf=t';
  return `${skin};[plain]format=yuv444p[colours];[colours][skin]${blend}`;
}

/** Like syllables: a gliding tone, four times a second. A steady one would be taken for noise. */
function audioArguments(pitch) {
  const sound = `0.5*sin(2*PI*(${pitch}+80*sin(2*PI*3*t))*t)*gt(sin(2*PI*4*t)\\,-0.3)`;
  return ['-f', 'lavfi', '-i', `aevalsrc=${sound}:s=48000:d=4`, '-ac', '1'];
}
