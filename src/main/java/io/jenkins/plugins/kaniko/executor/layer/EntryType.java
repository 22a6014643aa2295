package io.jenkins.plugins.kaniko.executor.layer;

/** What a layer entry makes of its path. */
public enum EntryType {
  FILE,
  DIRECTORY,
  SYMLINK,
  /** Another name of a file of the same layer; the link target is that file's path. */
  HARDLINK,
  CHAR_DEVICE,
  BLOCK_DEVICE,
  FIFO,
  /** The path, and all below it, of the layers underneath is gone (image-spec, "Whiteouts"). */
  WHITEOUT
}
