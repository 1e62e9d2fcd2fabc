export const PLAINTEXT_WARNING =
  'this is a plaintext network: whoever can read the wire can read what is sent; use it on trusted wires';
