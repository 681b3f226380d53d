namespace Ansatz.Sandbox.Tests;

/// <summary>The filter as data, on a BPF machine of the tests' own: what it says holds on any system.</summary>
public sealed class SystemCallFilterTests
{
    private const uint X64 = 0xc000003e, Arm64 = 0xc00000b7;
    private const int Process = 4711;

    [Theory]
    [InlineData(0, 0UL, 0UL, SystemCallFilter.Allow)] // read from the host
    [InlineData(0, 3UL, 0UL, SystemCallFilter.Refuse)] // read from anything else
    [InlineData(1, 1UL, 0UL, SystemCallFilter.Allow)] // write to the host
    [InlineData(1, 2UL, 0UL, SystemCallFilter.Refuse)]
    [InlineData(1, 0x1_0000_0001UL, 0UL, SystemCallFilter.Allow)] // the kernel sees 1
    [InlineData(234, 4711UL, 0UL, SystemCallFilter.Allow)] // tgkill, itself
    [InlineData(234, 4712UL, 0UL, SystemCallFilter.Refuse)]
    [InlineData(202, 0UL, 0UL, SystemCallFilter.Allow)] // futex
    [InlineData(257, 0UL, 0UL, SystemCallFilter.Refuse)] // openat
    [InlineData(2, 0UL, 0UL, SystemCallFilter.Refuse)] // open
    [InlineData(56, 0UL, 0UL, SystemCallFilter.Refuse)] // clone
    [InlineData(435, 0UL, 0UL, SystemCallFilter.Refuse)] // clone3
    [InlineData(318, 0UL, 0UL, SystemCallFilter.Refuse)] // getrandom
    [InlineData(319, 0UL, 0UL, SystemCallFilter.Refuse)] // memfd_create
    [InlineData(17, 0UL, 0UL, SystemCallFilter.Refuse)] // pread64
    [InlineData(19, 0UL, 0UL, SystemCallFilter.Refuse)] // readv
    [InlineData(40, 1UL, 0UL, SystemCallFilter.Refuse)] // sendfile
    [InlineData(275, 0UL, 0UL, SystemCallFilter.Refuse)] // splice
    [InlineData(16, 0UL, 0UL, SystemCallFilter.Refuse)] // ioctl
    [InlineData(32, 0UL, 0UL, SystemCallFilter.Refuse)] // dup
    [InlineData(302, 0UL, 0UL, SystemCallFilter.Refuse)] // prlimit64
    [InlineData(100_000, 0UL, 0UL, SystemCallFilter.Refuse)] // one that does not exist yet
    [InlineData(41, 0UL, 0UL, SystemCallFilter.Kill)] // socket
    [InlineData(59, 0UL, 0UL, SystemCallFilter.Kill)] // execve
    [InlineData(62, 4711UL, 0UL, SystemCallFilter.Kill)] // kill, even itself
    [InlineData(101, 0UL, 0UL, SystemCallFilter.Kill)] // ptrace
    [InlineData(425, 0UL, 0UL, SystemCallFilter.Kill)] // io_uring_setup
    [InlineData(0x40000000 | 1, 1UL, 0UL, SystemCallFilter.Kill)] // write by its x32 number
    public void Create_ACall_IsAllowedRefusedOrDeadly(int number, ulong first, ulong fifth, uint verdict) =>
        Assert.Equal(verdict, Run(SystemCallFilter.Create(Process, mayDrawRandomBytes: false), X64, number, first, fifth));

    [Theory]
    [InlineData(9, 0UL, 1UL << 40, 3UL, 0x22UL, 0xffff_ffffUL, SystemCallFilter.Allow)] // mmap: private and no file's
    [InlineData(9, 0UL, 1UL << 40, 3UL, 0x22UL, ulong.MaxValue, SystemCallFilter.Allow)]
    [InlineData(9, 0UL, 1UL << 40, 0UL, 0x4032UL, ulong.MaxValue, SystemCallFilter.Allow)] // at a place of its own, without a reserve
    [InlineData(9, 0UL, 4096UL, 3UL, 0x22UL, 5UL, SystemCallFilter.Refuse)]
    [InlineData(9, 0UL, 4096UL, 3UL, 0x22UL, 0xffff_ffff_0000_0005UL, SystemCallFilter.Refuse)] // the kernel sees 5
    [InlineData(9, 0UL, 4096UL, 3UL, 0x21UL, ulong.MaxValue, SystemCallFilter.Allow)] // shared, for an image
    [InlineData(9, 0UL, 4096UL, 3UL, 0x21UL, 5UL, SystemCallFilter.Refuse)] // a file's
    [InlineData(9, 0UL, 8UL << 20, 3UL, 0x21UL, ulong.MaxValue, SystemCallFilter.Refuse)] // more than an image has
    [InlineData(9, 0UL, 1UL << 40, 3UL, 0x21UL, ulong.MaxValue, SystemCallFilter.Refuse)]
    [InlineData(9, 0UL, 4096UL, 3UL, 0x23UL, ulong.MaxValue, SystemCallFilter.Refuse)] // shared, asked for in another way
    [InlineData(9, 0UL, 4096UL, 3UL, 0x122UL, ulong.MaxValue, SystemCallFilter.Refuse)] // grows down: no limit counts it
    [InlineData(9, 0UL, 4096UL, 3UL, 0x40022UL, ulong.MaxValue, SystemCallFilter.Refuse)] // huge pages
    [InlineData(9, 0UL, 4096UL, 3UL, 0x2022UL, ulong.MaxValue, SystemCallFilter.Refuse)] // locked
    [InlineData(9, 0UL, 4096UL, 3UL, 0x8000_0022UL, ulong.MaxValue, SystemCallFilter.Refuse)] // one that does not exist yet
    [InlineData(25, 0UL, 4096UL, 8192UL, 1UL, 0UL, SystemCallFilter.Allow)] // mremap: grows
    [InlineData(25, 0UL, 0UL, 8192UL, 1UL, 0UL, SystemCallFilter.Refuse)] // maps what is shared once more
    [InlineData(25, 0UL, 4096UL, 4096UL, 5UL, 0UL, SystemCallFilter.Refuse)] // and leaves the old one there
    [InlineData(28, 0UL, 4096UL, 17UL, 0UL, 0UL, SystemCallFilter.Allow)] // madvise: MADV_DODUMP
    [InlineData(28, 0UL, 4096UL, 4UL, 0UL, 0UL, SystemCallFilter.Refuse)] // MADV_DONTNEED: shared memory without a count
    public void Create_Memory_IsSuchAsALimitCounts(int number, ulong first, ulong second, ulong third, ulong fourth, ulong fifth, uint verdict) =>
        Assert.Equal(verdict, Run(SystemCallFilter.Create(Process, mayDrawRandomBytes: false), X64, number, first, fifth, second, third, fourth));

    [Fact]
    public void Create_ForTheCompiler_AllowsRandomBytesAndNothingElse()
    {
        ulong[] run = SystemCallFilter.Create(Process, mayDrawRandomBytes: false), compile = SystemCallFilter.Create(Process, mayDrawRandomBytes: true);

        Assert.Equal([318], Enumerable.Range(0, 600).Where(n => Run(run, X64, n, 0, ulong.MaxValue) != Run(compile, X64, n, 0, ulong.MaxValue)));
    }

    [Fact]
    public void Create_OtherMachinesCalls_AreDeadly() => Assert.Equal(SystemCallFilter.Kill, Run(SystemCallFilter.Create(Process, mayDrawRandomBytes: false), Arm64, 1, 1, 0));

    // struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6].
    private static uint Run(ulong[] program, uint architecture, int number, ulong first, ulong fifth, ulong second = 0, ulong third = 0, ulong fourth = 0)
    {
        byte[] data = new byte[64];
        BitConverter.TryWriteBytes(data, number);
        BitConverter.TryWriteBytes(data.AsSpan(4), architecture);
        BitConverter.TryWriteBytes(data.AsSpan(16), first);
        BitConverter.TryWriteBytes(data.AsSpan(24), second);
        BitConverter.TryWriteBytes(data.AsSpan(32), third);
        BitConverter.TryWriteBytes(data.AsSpan(40), fourth);
        BitConverter.TryWriteBytes(data.AsSpan(48), fifth);
        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            ulong instruction = program[at];
            uint operand = (uint)(instruction >> 32);
            int onTrue = (int)(instruction >> 16) & 0xff, onFalse = (int)(instruction >> 24) & 0xff;
            switch ((ushort)instruction)
            {
                case 0x20:
                    accumulator = BitConverter.ToUInt32(data, (int)operand);
                    break;
                case 0x15:
                    at += accumulator == operand ? onTrue : onFalse;
                    break;
                case 0x35:
                    at += accumulator >= operand ? onTrue : onFalse;
                    break;
                case 0x45:
                    at += (accumulator & operand) != 0 ? onTrue : onFalse;
                    break;
                case 0x06:
                    return operand;
                default:
                    Assert.Fail($"There is no instruction {instruction:x}.");
                    break;
            }
        }
    }
}
