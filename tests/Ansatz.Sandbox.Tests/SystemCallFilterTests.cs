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
    [InlineData(9, 0UL, 0xffff_ffffUL, SystemCallFilter.Allow)] // memory that is no file's
    [InlineData(9, 0UL, ulong.MaxValue, SystemCallFilter.Allow)]
    [InlineData(9, 0UL, 5UL, SystemCallFilter.Refuse)]
    [InlineData(9, 0UL, 0xffff_ffff_0000_0005UL, SystemCallFilter.Refuse)] // the kernel sees 5
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

    [Fact]
    public void Create_ForTheCompiler_AllowsRandomBytesAndNothingElse()
    {
        ulong[] run = SystemCallFilter.Create(Process, mayDrawRandomBytes: false), compile = SystemCallFilter.Create(Process, mayDrawRandomBytes: true);

        Assert.Equal([318], Enumerable.Range(0, 600).Where(n => Run(run, X64, n, 0, ulong.MaxValue) != Run(compile, X64, n, 0, ulong.MaxValue)));
    }

    [Fact]
    public void Create_OtherMachinesCalls_AreDeadly() => Assert.Equal(SystemCallFilter.Kill, Run(SystemCallFilter.Create(Process, mayDrawRandomBytes: false), Arm64, 1, 1, 0));

    // struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6].
    private static uint Run(ulong[] program, uint architecture, int number, ulong first, ulong fifth)
    {
        byte[] data = new byte[64];
        BitConverter.TryWriteBytes(data, number);
        BitConverter.TryWriteBytes(data.AsSpan(4), architecture);
        BitConverter.TryWriteBytes(data.AsSpan(16), first);
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
                case 0x06:
                    return operand;
                default:
                    Assert.Fail($"There is no instruction {instruction:x}.");
                    break;
            }
        }
    }
}
