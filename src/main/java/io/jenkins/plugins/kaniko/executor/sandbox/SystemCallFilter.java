package io.jenkins.plugins.kaniko.executor.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The system calls that no step may make, as a program of seccomp(2): what Docker's default profile
 * forbids to a process without privileges although the kernel asks for none. A user namespace would
 * give root of a step the capabilities that were taken away; keyrings are shared with the agent's
 * user; sockets of the family vsock lead to whatever the machine runs on, past every network
 * namespace; the rest has often been the way into the kernel. Every other call is left to the
 * capabilities and to the filters that the agent itself is under.
 */
final class SystemCallFilter {
  private static final int CLONE_NEWUSER = 0x10000000;
  private static final int X32_BIT = 0x40000000;
  private static final int AF_VSOCK = 40;
  private static final int CLONE3 = 435;
  private static final int IO_URING_SETUP = 425;
  private static final int IO_URING_REGISTER = 427;

  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final int RETURN_ERRNO = 0x00050000;
  static final int RETURN_ALLOW = 0x7fff0000;

  // Of struct seccomp_data: nr, arch, instruction pointer, six arguments of 64 bits.
  static final int NUMBER = 0;
  static final int ARCHITECTURE = 4;
  private static final int ARGUMENTS = 16;

  // Classic BPF: load a word, jump, return.
  static final short LOAD = 0x20;
  static final short IF_EQUAL = 0x15;
  private static final short IF_AT_LEAST = 0x35;
  private static final short IF_ANY_BIT = 0x45;
  static final short RETURN = 0x06;
  static final int INSTRUCTION_BYTES = 8;

  private SystemCallFilter() {}

  /**
   * The numbers of a kind of processes; a machine runs those of its own architecture, and maybe
   * those of an older one.
   *
   * @param audit its number in linux/audit.h
   * @param flagsArgument which argument of clone(2) holds its flags
   * @param socketCall socket(2); what is said through socketcall(2) (of 32-bit processes, and of
   *     any on s390x and ppc64le) lies in memory
   * @param denied add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd
   */
  private record Calls(
      int audit,
      int cloneCall,
      int flagsArgument,
      int unshareCall,
      int socketCall,
      List<Integer> denied) {}

  private static final int X86_64 = 0xc000003e;

  private static final List<Calls> ALL =
      List.of(
          new Calls(X86_64, 56, 0, 272, 41, List.of(248, 249, 250, 321, 298, 323)),
          new Calls(0x40000003, 120, 0, 310, 359, List.of(286, 287, 288, 357, 336, 374)), // i386
          new Calls(0xc00000b7, 220, 0, 97, 198, List.of(217, 218, 219, 280, 241, 282)), // aarch64
          new Calls(0x40000028, 120, 0, 337, 281, List.of(309, 310, 311, 386, 364, 388)), // arm
          new Calls(0xc00000f3, 220, 0, 97, 198, List.of(217, 218, 219, 280, 241, 282)), // riscv64
          new Calls(0xc0000015, 120, 0, 282, 326, List.of(269, 270, 271, 361, 319, 364)), // ppc64le
          new Calls(0x80000016, 120, 1, 303, 359, List.of(278, 279, 280, 351, 331, 355))); // s390x

  /**
   * The program as an array of struct sock_filter in the byte order of this machine: one section
   * for each kind of processes. Those of an unknown kind can make no call at all.
   */
  static byte[] program() {
    List<byte[]> sections = ALL.stream().map(SystemCallFilter::section).toList();
    int bytes = sections.stream().mapToInt(section -> section.length).sum();
    byte[] whole = new byte[bytes + (ALL.size() + 2) * INSTRUCTION_BYTES];
    ByteBuffer program = buffer(whole);
    add(program, LOAD, 0, 0, ARCHITECTURE);
    for (int i = 0; i < ALL.size(); i++) {
      byte[] section = sections.get(i);
      add(program, IF_EQUAL, 0, section.length / INSTRUCTION_BYTES, ALL.get(i).audit());
      program.put(section);
    }
    add(program, RETURN, 0, 0, RETURN_ERRNO | ENOSYS);
    return whole;
  }

  private static byte[] section(Calls calls) {
    boolean x32 = calls.audit() == X86_64;
    int denied = calls.denied().size();
    int length = denied + (x32 ? 17 : 16);
    int allow = length - 3;
    int deny = length - 2;
    int missing = length - 1;
    Section out = new Section(length);
    out.add(LOAD, NUMBER);
    if (x32) {
      out.jump(IF_AT_LEAST, X32_BIT, missing);
    }
    // Its flags lie in memory, where no filter can read them; the C libraries then try clone.
    out.jump(IF_EQUAL, CLONE3, missing);
    for (int number : calls.denied()) {
      out.jump(IF_EQUAL, number, deny);
    }
    int socketFamily = length - 9;
    int cloneFlags = length - 7;
    int unshareFlags = length - 5;
    out.jump(IF_EQUAL, calls.socketCall(), socketFamily);
    out.jump(IF_EQUAL, calls.cloneCall(), cloneFlags);
    out.jump(IF_EQUAL, calls.unshareCall(), unshareFlags);
    out.otherwise(IF_AT_LEAST, IO_URING_SETUP, allow);
    out.either(IF_AT_LEAST, IO_URING_REGISTER + 1, allow, deny);
    out.add(LOAD, argument(0));
    out.either(IF_EQUAL, AF_VSOCK, deny, allow);
    out.add(LOAD, argument(calls.flagsArgument()));
    out.either(IF_ANY_BIT, CLONE_NEWUSER, deny, allow);
    out.add(LOAD, argument(0));
    out.either(IF_ANY_BIT, CLONE_NEWUSER, deny, allow);
    out.add(RETURN, RETURN_ALLOW);
    out.add(RETURN, RETURN_ERRNO | EPERM);
    out.add(RETURN, RETURN_ERRNO | ENOSYS);
    return out.bytes();
  }

  /** Where the lower half of an argument is. */
  static int argument(int index) {
    int half = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? Integer.BYTES : 0;
    return ARGUMENTS + Long.BYTES * index + half;
  }

  /** Instructions whose jumps are given as places in the section. */
  static final class Section {
    private final byte[] bytes;
    private final ByteBuffer instructions;
    private int next;

    Section(int length) {
      bytes = new byte[length * INSTRUCTION_BYTES];
      instructions = buffer(bytes);
    }

    byte[] bytes() {
      return bytes;
    }

    void add(short code, int operand) {
      SystemCallFilter.add(instructions, code, 0, 0, operand);
      next++;
    }

    void jump(short code, int operand, int place) {
      either(code, operand, place, next + 1);
    }

    void otherwise(short code, int operand, int place) {
      either(code, operand, next + 1, place);
    }

    void either(short code, int operand, int yes, int no) {
      next++;
      SystemCallFilter.add(instructions, code, yes - next, no - next, operand);
    }
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  private static void add(ByteBuffer out, short code, int yes, int no, int operand) {
    out.putShort(code).put((byte) yes).put((byte) no).putInt(operand);
  }
}
