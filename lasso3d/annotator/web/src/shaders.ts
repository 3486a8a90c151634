// The point shader: one program for every way of colouring; hidden, clipped and thinned points leave before rasterisation.

export const POINT_VERTEX = /* glsl */ `
precision highp float;
precision highp int;
in vec4 position;       // 0..1 inside the tile
in vec4 color;          // red, green, blue, intensity; bytes
in vec4 state;          // label low byte, label high byte, uncertainty, candidate; bytes
in vec3 normal;
uniform mat4 modelMatrix, modelViewMatrix, projectionMatrix;
uniform sampler2D palette;   // one texel per label: colour, alpha = flags
uniform sampler2D ramps;     // row 0 cividis, row 1 viridis
uniform int mode;            // 0 colour, 1 height, 2 intensity, 3 normals, 4 masks, 5 uncertainty
uniform vec2 heightRange;
uniform vec3 clipLower, clipUpper;
uniform float tint, threshold, spot, density, sizeScale, sizeLower, sizeUpper;
uniform uint firstPoint;
out vec3 shade;
flat out float drawnSize;

// the same hash as thinned() in visible.ts
float chance(uint id) {
  uint h = id * 747796405u + 2891336453u;
  h = ((h >> ((h >> 28u) + 4u)) ^ h) * 277803737u;
  h = (h >> 22u) ^ h;
  return float(h >> 8u) / 16777216.0;
}

vec3 ramp(float value, float row) { return textureLod(ramps, vec2(clamp(value, 0.0, 1.0) * 0.996 + 0.002, row), 0.0).rgb; }

void main() {
  int label = int(state.x + 0.5) + 256 * int(state.y + 0.5);
  vec4 entry = texelFetch(palette, ivec2(label & 255, label >> 8), 0);
  int flags = int(entry.a * 255.0 + 0.5);            // 1 object, 2 hidden
  vec4 world = modelMatrix * vec4(position.xyz, 1.0);
  bool outside = any(lessThan(world.xyz, clipLower)) || any(greaterThan(world.xyz, clipUpper));
  bool thin = label == 0 && density < 1.0 && chance(firstPoint + uint(gl_VertexID)) >= density;
  if (outside || thin || (flags & 2) != 0) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position.xyz, 1.0);
  drawnSize = clamp(sizeScale / gl_Position.w, sizeLower, sizeUpper);
  gl_PointSize = drawnSize;

  vec3 base = color.rgb / 255.0;
  float grey = dot(base, vec3(0.299, 0.587, 0.114));
  float height = (world.z - heightRange.x) / max(heightRange.y - heightRange.x, 1e-6);
  if (mode == 1) base = ramp(height, 0.75);
  else if (mode == 2) base = vec3(0.08 + 0.92 * color.a / 255.0);
  else if (mode == 3) base = normalize(normal + vec3(0.0, 0.0, 1e-6)) * 0.5 + 0.5;
  else if (mode == 4) base = vec3(0.16 + 0.30 * grey);
  else if (mode == 5) base = vec3(0.06 + 0.30 * grey);
  float strength = mode == 4 ? 0.92 : (mode == 5 ? min(tint, 0.28) : tint);
  if ((flags & 1) != 0) base = mix(base, entry.rgb * (0.55 + 0.45 * smoothstep(0.0, 0.75, grey + 0.15)), strength);
  if (mode == 5 && state.z > 0.0 && state.z / 255.0 >= threshold) base = ramp(state.z / 255.0, 0.25);
  // while there is something to choose, the rest steps back, so that it is seen on white walls as well
  base = mix(base, vec3(0.10 + 0.22 * dot(base, vec3(0.299, 0.587, 0.114))), spot * (state.w > 0.0 ? 0.0 : ((flags & 1) != 0 ? 0.45 : 0.8)));
  base = mix(base, vec3(1.0, 0.86, 0.42) * (0.35 + 0.65 * smoothstep(0.0, 0.75, grey + 0.15)), state.w / 255.0 * 0.75);
  shade = base;
}`;

export const POINT_FRAGMENT = /* glsl */ `
precision highp float;
in vec3 shade;
flat in float drawnSize;
out vec4 pixel;
void main() {
  vec2 off = gl_PointCoord * 2.0 - 1.0;
  if (drawnSize > 3.5 && dot(off, off) > 1.0) discard;
  pixel = vec4(shade, 1.0);
}`;

export const SCREEN_VERTEX = /* glsl */ `
in vec3 position;
void main() { gl_Position = vec4(position.xy, 0.0, 1.0); }`;

// Eye-dome lighting (Boucheny 2009): a pixel darkens where its neighbours lie nearer; it shows depth without normals.
export const SCREEN_FRAGMENT = /* glsl */ `
precision highp float;
uniform sampler2D colour;
uniform highp sampler2D depth;
uniform vec2 nearFar;
uniform float strength, reach;
uniform vec3 background;
out vec4 pixel;

float logDepth(ivec2 at) {
  float z = texelFetch(depth, at, 0).r;
  if (z >= 1.0) return 100.0;
  return log2(nearFar.x * nearFar.y / (nearFar.y - z * (nearFar.y - nearFar.x)));
}

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  float here = logDepth(at);
  ivec2 last = textureSize(depth, 0) - 1;
  vec3 base = here > 99.0 ? background : texelFetch(colour, at, 0).rgb;
  if (strength <= 0.0 || here > 99.0) { pixel = vec4(base, 1.0); return; }
  int r = int(reach);
  float sum = 0.0;
  sum += max(0.0, here - logDepth(clamp(at + ivec2(r, 0), ivec2(0), last)));
  sum += max(0.0, here - logDepth(clamp(at - ivec2(r, 0), ivec2(0), last)));
  sum += max(0.0, here - logDepth(clamp(at + ivec2(0, r), ivec2(0), last)));
  sum += max(0.0, here - logDepth(clamp(at - ivec2(0, r), ivec2(0), last)));
  pixel = vec4(base * max(0.35, exp(-strength * sum)), 1.0);
}`;
