namespace Ansatz.Sandbox;

/// <summary>The attacks on profile program. Each answers "reached" where it gets to what it wants.</summary>
internal static class ProgramAttacks
{
    /// <summary>One attack.</summary>
    /// <param name="Name">What is attempted.</param>
    /// <param name="Expected">Words of what has to come of it.</param>
    /// <param name="Body">Of the method Run. Its input is "attack", or "control" where the walls are down.</param>
    /// <param name="Walls">What the child has, of its walls; null where the program must not get that far.</param>
    /// <param name="Members">What else the program's class holds.</param>
    /// <param name="Before">What stands before the class.</param>
    /// <param name="Needs">What the machine has to offer for this row, in the words of <see cref="ProgramSandbox.Holds"/>.</param>
    /// <param name="Limits">What it may use; the table's own if nothing is said.</param>
    public sealed record Row(string Name, string Expected, string Body, Walls? Walls, string Members = "", string Before = "", string? Needs = null, ProgramLimits? Limits = null)
    {
        // Where the check has to stop it there is nothing else to be refused for.
        public string Source => Walls is null
            ? $"{Before} public static class Program {{ {Members} public static string Run(string input) {{\n{Body}\n}} }}"
            : $"{Before} public static unsafe class Program {{ {Members} {SystemCall} public static string Run(string input) {{\n{Body}\n}} }}";
    }

    // Every call of the kernel, past all that the runtime puts in between.
    private const string SystemCall = """
        [System.Runtime.InteropServices.DllImport("libc", SetLastError = true)] static extern long syscall(long n, long a, long b, long c, long d, long e, long f);
        static long Call(long n, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) => syscall(n, a, b, c, d, e, f);
        static string Say(long result) => result < 0 ? "errno " + System.Runtime.InteropServices.Marshal.GetLastPInvokeError() : "reached";
        static long Text(string text) => (long)System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8(text);
        """;

    private const string Mode = "static string Mode;";

    private const string Killed = nameof(ProgramCause.RefusedCall);

    /// <summary>What the language keeps out: the program is refused before it runs.</summary>
    public static IEnumerable<Row> OnTheCheck(Reach reach) =>
    [
        new("reads a file", "System.IO.File.ReadAllText is not offered", $"return System.IO.File.ReadAllText(\"{reach.File}\").Length > 0 ? \"reached\" : \"\";", null),
        new("reads the environment", "GetEnvironmentVariable is not offered", $"return Environment.GetEnvironmentVariable(\"{Reach.Variable}\") == \"{Reach.Key}\" ? \"reached\" : \"nothing there\";", null),
        new("reads the command line", "GetCommandLineArgs is not offered", "return Environment.GetCommandLineArgs().Length > 0 ? \"reached\" : \"\";", null),
        new("ends the process", "System.Environment.Exit is not offered", "if (input == \"attack\") Environment.Exit(7); return \"reached\";", null),
        new("starts a thread", "System.Threading.Thread", "var t = new System.Threading.Thread(() => { }); t.Start(); t.Join(); return \"reached\";", null),
        new("uses the pool's threads", "System.Threading.Tasks.Task", "return System.Threading.Tasks.Task.Run(() => \"reached\").Result;", null),
        new("sets a timer", "System.Threading.Timer", "using var t = new System.Threading.Timer(_ => { }, null, 0, 1); return \"reached\";", null),
        new("sleeps", "System.Threading.Thread.Sleep is not offered", "System.Threading.Thread.Sleep(1); return \"reached\";", null),
        new("reads the clock", "System.DateTime.Now is not offered", "return DateTime.Now.Year > 2000 ? \"reached\" : \"\";", null),
        new("looks at private members", "System.Type.GetMethods is not offered", "return typeof(string).GetMethods((System.Reflection.BindingFlags)40).Length > 0 ? \"reached\" : \"\";", null),
        new("loads an assembly", "System.Reflection.Assembly", "return System.Reflection.Assembly.Load(\"System.Runtime\") != null ? \"reached\" : \"\";", null),
        new("calls by a delegate", "System.IO.Directory.GetCurrentDirectory is not offered", "Func<string> f = System.IO.Directory.GetCurrentDirectory; return f().Length > 0 ? \"reached\" : \"\";", null),
        new("reads one type as another", "System.Runtime.CompilerServices.Unsafe.As is not offered", "return System.Runtime.CompilerServices.Unsafe.As<string>(new object()) != null ? \"reached\" : \"\";", null),
        new("takes a pointer", "unsafe", "unsafe { int x = 1; int* p = &x; return *p == 1 ? \"reached\" : \"\"; }", null),
        new("takes memory of the stack", "stackalloc", "Span<int> s = stackalloc int[4]; s[0] = 1; return s[0] == 1 ? \"reached\" : \"\";", null),
        new("keeps a span of a frame that is gone", "reference that outlives a call", "return M()[0] == 7 ? \"reached\" : \"\";", null,
            "struct S { public long F; [System.Diagnostics.CodeAnalysis.UnscopedRef] public Span<long> P => new(ref F); } static Span<long> M() { S s = default; s.F = 7; return s is { P: var p } ? p : default; }"),
        new("keeps a span of a frame that is gone, by foreach", "reference that outlives a call", "return M()[0] == 7 ? \"reached\" : \"\";", null,
            "static ReadOnlySpan<long> M() { S s = default; s.F = 7; foreach (var p in s) return p; return default; }",
            "struct S { public long F; } ref struct En { public ReadOnlySpan<long> R; int n; public ReadOnlySpan<long> Current => R; public bool MoveNext() => n++ == 0; } static class E { public static En GetEnumerator(this in S s) => new En { R = new ReadOnlySpan<long>(in s.F) }; }"),
        new("keeps a reference into a frame that is gone", "reference that outlives a call", "return M() == 7 ? \"reached\" : \"\";", null,
            "static ref readonly long M() { S s = default; s.F = 7; foreach (ref readonly long p in s) return ref p; throw null; }",
            "struct S { public long F; } ref struct En { public ref readonly long R; int n; public ref readonly long Current => ref R; public bool MoveNext() => n++ == 0; } static class E { public static En GetEnumerator(this in S s) => new En { R = ref s.F }; }"),
        new("keeps a span of a frame that is gone, by an inline array", "An inline array is not offered", "return M()[0] == 7 ? \"reached\" : \"\";", null,
            "static ReadOnlySpan<long> M() { S s = default; s.F[0] = 7; foreach (var p in s) return p; return default; }",
            "struct S { public System.Runtime.CompilerServices.InlineArray4<long> F; } ref struct En { public ReadOnlySpan<long> R; int n; public ReadOnlySpan<long> Current => R; public bool MoveNext() => n++ == 0; } static class E { public static En GetEnumerator(this in S s) => new En { R = s.F }; }"),
        new("reads an object as an array of two billion", "An inline array is not offered", "Fake f = new(); var r = M(); Fill(f); foreach (long[] x in r) if (ReferenceEquals(x, f)) return x.Length == int.MaxValue && x[0] == 11 ? \"reached\" : \"\"; return \"\";", null,
            """
            class Fake { public long A = 0x7fffffff, B = 11; }
            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)] static ReadOnlySpan<long[]> M() { S<long[]> s = default; foreach (var p in s) return p; return default; }
            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)] static int Use(in S<Fake> s) => s.F[3] == null ? 0 : 1;
            [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)] static int Fill(Fake f) { S<Fake> s = default; for (int i = 0; i < 16; i++) s.F[i] = f; return Use(in s); }
            """,
            "struct S<T> { public System.Runtime.CompilerServices.InlineArray16<T> F; } ref struct En<T> { public ReadOnlySpan<T> R; int n; public ReadOnlySpan<T> Current => R; public bool MoveNext() => n++ == 0; } static class E { public static En<T> GetEnumerator<T>(this in S<T> s) => new En<T> { R = s.F }; }"),
        new("lays fields over each other", "Explicit layout", "return new Both { A = input }.B == input ? \"reached\" : \"\";", null, "[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)] struct Both { [System.Runtime.InteropServices.FieldOffset(0)] public object A; [System.Runtime.InteropServices.FieldOffset(0)] public string B; }"),
        new("declares its own DllImport", "Native functions", "return getpid() > 0 ? \"reached\" : \"\";", null, "[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid();",
            "namespace System.Runtime.InteropServices { class DllImportAttribute(string name) : System.Attribute { public bool SetLastError; } }"),
        new("runs before it is called", "ModuleInitializerAttribute is not offered", "return seen ? \"reached\" : \"\";", null, "static bool seen; [System.Runtime.CompilerServices.ModuleInitializer] internal static void Begin() => seen = true;"),
        new("runs after it has ended", "System.Object.Finalize is not offered", "new Late(); return \"reached\";", null, "class Late { ~Late() { while (true) { } } }"),
        new("forges a message to the host", "unsafe", $"unsafe {Forge} return null;", null, SystemCall),
    ];

    /// <summary>What the lock keeps out, of programs that nothing else kept out.</summary>
    public static IEnumerable<Row> OnTheLock(Reach reach) =>
    [
        // All walls.
        new("opens a file", "errno 1", $"return Say(Call(257, -100, Text(\"{reach.File}\")));", Walls.All),
        new("opens a file, by the library", "UnauthorizedAccessException", $"return System.IO.File.ReadAllText(\"{reach.File}\").Length > 0 ? \"reached\" : \"\";", Walls.All),
        new("opens its own memory as a file", "errno 1", "return Say(Call(257, -100, Text(\"/proc/self/mem\"), 2));", Walls.All),
        new("lists a folder", "UnauthorizedAccessException", "return System.IO.Directory.GetFileSystemEntries(\"/\").Length > 0 ? \"reached\" : \"\";", Walls.All),
        new("writes a file", "errno 1", $"return Say(Call(257, -100, Text(\"{reach.NewFile}\"), 65, 384));", Walls.All),
        new("makes a file of memory", "errno 1", "return Say(Call(319, Text(\"m\"), 0));", Walls.All),
        new("reads a descriptor that it inherited", "errno 1", $"byte[] b = new byte[1]; fixed (byte* p = b) return Say(Call(0, {reach.Descriptor}, (long)p, 1));", Walls.All),
        new("maps a descriptor that it inherited", "errno 1", $"return Say(Call(9, 0, 4096, 1, 2, {reach.Descriptor}, 0));", Walls.All),
        new("sends a descriptor on to the host", "errno 1", $"return Say(Call(40, 1, {reach.Descriptor}, 0, 0));", Walls.All),
        new("writes to standard error", "errno 1", "return Say(Call(1, 2, Text(\"x\"), 1));", Walls.All),
        new("connects to a listening socket", Killed, Connect(reach), Walls.All),
        new("makes a Unix socket", Killed, "return Say(Call(41, 1, 1, 0));", Walls.All),
        new("forks", Killed, "long id = Call(57); if (id == 0) Call(231); return Say(id);", Walls.All),
        new("becomes another program", Killed, "long* a = stackalloc long[3]; a[0] = Text(\"printf\"); a[1] = Text(\"A\\\\007\\\\000\\\\000\\\\000reached\"); a[2] = 0; return Say(Call(59, Text(\"/usr/bin/printf\"), (long)a));", Walls.All),
        new("starts a process, by the library", "Could not load file or assembly", "return System.Diagnostics.Process.Start(\"true\") != null ? \"reached\" : \"\";", Walls.All),
        new("starts a thread", nameof(OutOfMemoryException), "try { var t = new System.Threading.Thread(() => { }); t.Start(); t.Join(); return \"reached\"; } catch (Exception e) { return e.GetType().Name; }", Walls.All),
        new("signals its host", Killed, "return Say(Call(62, Call(110) > 0 ? Call(110) : 1, 0));", Walls.All),
        new("signals a thread of its host", "errno 1", $"return Say(Call(234, {System.Environment.ProcessId}, {System.Environment.ProcessId}, 0));", Walls.All),
        new("reads another process's memory", Killed, "long* io = stackalloc long[2]; long v = 1; io[0] = (long)&v; io[1] = 8; return Say(Call(310, System.Environment.ProcessId, (long)io, 1, (long)io, 1, 0));", Walls.All),
        new("raises its limits", "errno 1", "ulong* l = stackalloc ulong[2]; l[0] = l[1] = 0; return Say(Call(160, 4, (long)l));", Walls.All),
        new("becomes root", Killed, "return Say(Call(117, -1, -1, -1));", Walls.All),
        new("reads the environment", "nothing there", $"return Environment.GetEnvironmentVariable(\"{Reach.Variable}\") == \"{Reach.Key}\" ? \"reached\" : \"nothing there\";", Walls.All),
        new("reads the current folder", "/", "return Environment.CurrentDirectory == \"/\" ? \"/\" : \"reached\";", Walls.Environment),

        // Its limits.
        new("loops", nameof(ProgramCause.CpuTime), $"Mode = input; {Spin} return \"reached\";", Walls.All, Mode),
        new("loops in a finally", nameof(ProgramCause.CpuTime), $"Mode = input; try {{ }} finally {{ {Spin} }} return \"reached\";", Walls.All, Mode),
        new("loops before its first line", nameof(ProgramCause.CpuTime), "Mode = input; return Slow.Value;", Walls.All, $"{Mode} static class Slow {{ public static readonly string Value = Make(); static string Make() {{ {Spin} return \"reached\"; }} }}"),
        new("waits", nameof(ProgramCause.WallClock), "System.Threading.Thread.Sleep(input == \"attack\" ? -1 : 1000); return \"reached\";", Walls.All, Limits: Short),
        new("takes memory", nameof(ProgramCause.Memory), "var l = new List<byte[]>(); for (int i = 0; i < 100; i++) l.Add(new byte[2000000]); return l.Count == 100 ? \"reached\" : \"\";", Walls.All),
        new("takes one big array", nameof(ProgramCause.Memory), "int[] a = new int[1 << 26]; a[input.Length] = 1; return a.Sum() == 1 ? \"reached\" : \"\";", Walls.All),
        new("takes memory of the kernel", "errno 12", "return Say(Call(9, 0, 400000000, 3, 34, -1, 0));", Walls.All),
        new("takes shared memory", "errno 1", "return Say(Call(9, 0, 1 << 24, 3, 33, -1, 0));", Walls.All),
        new("takes shared memory piece by piece", "errno 12", "for (int i = 0; i < 1000; i++) { long p = Call(9, 0, 1 << 22, 3, 33, -1, 0); if (p < 0) return Say(p); } return \"reached\";", Walls.All),
        new("keeps shared memory that it has not mapped", "errno 1", "long p = Call(9, 0, 1 << 22, 3, 33, -1, 0); return Say(Call(25, p, 0, 1 << 22, 1));", Walls.All),
        new("takes memory that grows down, as a stack does", "errno 1", "return Say(Call(9, 0, 4096, 3, 34 | 0x100, -1, 0));", Walls.All),
        new("takes memory that it only reads, for the kernel's tables of it", "errno 12", "return Say(Call(9, 0, 1L << 40, 1, 34 | 0x4000, -1, 0));", Walls.All),
        new("takes memory that no limit counts", nameof(ProgramCause.Memory), "byte* p = (byte*)Call(9, 0, 1L << 29, 3, 33, -1, 0); for (long i = 0; i < 1L << 29; i += 4096) p[i] = 1; return \"reached\";", Walls.None, Limits: SandboxSelfTest.Tight with { CpuTime = TimeSpan.FromSeconds(5) }),
        new("grows a text", nameof(ProgramCause.Memory), "var b = new StringBuilder(); var piece = new string('x', 100000); while (b.Length < 60000000) b.Append(piece); return \"reached\";", Walls.All),
        new("recurses", nameof(ProgramCause.Stack), "int F(int n) => n == 0 ? 1 : 1 + F(n - 1); return F(input == \"attack\" ? int.MaxValue : 1000) > 0 ? \"reached\" : \"\";", Walls.All),
        new("answers more than it may", nameof(ProgramCause.AnswerTooLong), "return \"reached\" + new string('x', 2000000);", Walls.All),
        new("announces an answer of 1 GB", nameof(ProgramCause.AnswerTooLong), $"if (input == \"attack\") {{ byte[] b = [(byte)'A', 0, 0, 0, 64]; fixed (byte* p = b) Call(1, 1, (long)p, 5); }} {Forge} return null;", Walls.All),
        new("ends within an answer", nameof(ProgramCause.Ended), $"if (input == \"attack\") {{ byte[] b = [(byte)'A', 9, 0]; fixed (byte* p = b) Call(1, 1, (long)p, 3); Call(231, 3); }} {Forge} return null;", Walls.All),

        // One wall, all others taken away: it holds by itself.
        new("opens a file", "errno 1", $"return Say(Call(257, -100, Text(\"{reach.File}\")));", Walls.Seccomp),
        new("maps a descriptor that it inherited", "errno 1", $"return Say(Call(9, 0, 4096, 1, 2, {reach.Descriptor}, 0));", Walls.Seccomp),
        new("connects to a listening socket", Killed, Connect(reach), Walls.Seccomp),
        new("opens a file", "errno 13", $"return Say(Call(257, -100, Text(\"{reach.File}\")));", Walls.Landlock, Needs: "landlock"),
        new("writes a file", "errno 13", $"return Say(Call(257, -100, Text(\"{reach.NewFile}\"), 65, 384));", Walls.Landlock, Needs: "landlock"),
        new("opens a file", "errno 24", $"return Say(Call(257, -100, Text(\"{reach.File}\")));", Walls.Limits),
        new("takes memory of the kernel", "errno 12", "return Say(Call(9, 0, 400000000, 3, 34, -1, 0));", Walls.Limits),
        new("takes shared memory", "errno 1", "return Say(Call(9, 0, 1 << 24, 3, 33, -1, 0));", Walls.Seccomp),
        new("takes memory that grows down, as a stack does", "errno 1", "return Say(Call(9, 0, 4096, 3, 34 | 0x100, -1, 0));", Walls.Seccomp),
        new("takes memory that it only reads, for the kernel's tables of it", "errno 12", "return Say(Call(9, 0, 1L << 40, 1, 34 | 0x4000, -1, 0));", Walls.Limits),
        new("opens a file of root's", "errno 13", $"return Say(Call(257, -100, Text(\"{reach.File}\")));", Walls.User, Needs: "user"),
        new("is root", "errno 1", "return Say(Call(165, 0, Text(\"/\"), 0, 4096 | 32, 0)) == \"errno 1\" ? \"errno 1\" : \"reached\";", Walls.User, Needs: "user"),
        new("connects to a listening socket", "errno 101", Connect(reach), Walls.Namespaces, Needs: "namespaces"),
        new("reads the environment", "nothing there", $"return Environment.GetEnvironmentVariable(\"{Reach.Variable}\") == \"{Reach.Key}\" ? \"reached\" : \"nothing there\";", Walls.Environment),
    ];

    private const string Forge = "{ byte[] b = [(byte)'A', 7, 0, 0, 0, .. Encoding.UTF8.GetBytes(\"reached\")]; fixed (byte* p = b) Call(1, 1, (long)p, b.Length); Call(231, 0); }";

    // Without walls it goes on for longer than it may, and ends.
    private const string Spin = "var w = System.Diagnostics.Stopwatch.StartNew(); while (Mode == \"attack\" || w.ElapsedMilliseconds < 500) { }";

    // Where an attack tells a limit from none by going past it, the limit is one that nothing else of the table comes near.
    private static readonly ProgramLimits Short = SandboxSelfTest.Tight with { WallTime = TimeSpan.FromSeconds(0.7) };

    private static string Connect(Reach reach) =>
        $"long s = Call(41, 2, 1, 0); if (s < 0) return Say(s); byte[] a = [2, 0, {reach.Port >> 8}, {reach.Port & 255}, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]; fixed (byte* p = a) return Say(Call(42, s, (long)p, 16));";
}
