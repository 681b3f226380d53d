namespace Ansatz.Sandbox;

/// <summary>The attacks on profile hole: a text, and the words of the refusal or the name of the trap.</summary>
internal static class HoleAttacks
{
    /// <summary>One attack.</summary>
    /// <param name="Name">What is attempted.</param>
    /// <param name="Source">Methods; F is called with 1. As plain C# it gives a number, or arrays.</param>
    /// <param name="Expected">Words of the refusal, or the name of the trap.</param>
    public sealed record Row(string Name, string Source, string Expected)
    {
        /// <summary>Whether F gives arrays of whole numbers.</summary>
        public bool GivesArrays { get; init; }
    }

    /// <summary>What a run may spend here.</summary>
    public static readonly HoleLimits Limits = new() { Fuel = 1_000_000, MemoryBytes = 1 << 20 };

    /// <summary>The helper that is offered: it takes three numbers of four billion.</summary>
    public static OfferedHelper Helper { get; } = OfferedHelper.Of("Pick", (int i) => i is >= 0 and < 3 ? i : throw new ArgumentException("there are three"));

    /// <summary>The rows.</summary>
    /// <param name="file">A file that is there.</param>
    /// <param name="port">Where something listens on 127.0.0.1.</param>
    public static Row[] All(string file, int port) =>
    [
        new("reads a file", $"static int F(int x) => System.IO.File.ReadAllText(\"{file}\").Length;", "Text is not allowed"),
        new("reads the marked key", $"static int F(int x) => System.Environment.GetEnvironmentVariable(\"{Reach.Variable}\") == \"{Reach.Key}\" ? 1 : 0;", "Text is not allowed"),
        new("connects to a listening socket", $"static int F(int x) => new System.Net.Sockets.TcpClient(\"127.0.0.1\", {port}).Connected ? 1 : 0;", "Text is not allowed"),
        new("reads the environment", "static int F(int x) => System.Environment.GetEnvironmentVariables().Count;", "'Environment' does not exist"),
        new("opens a socket", "static int F(int x) { var l = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0); l.Start(); l.Stop(); return 1; }", "An object is not allowed"),
        new("starts a thread", "static int F(int x) { int r = 0; var t = new System.Threading.Thread(() => r = 1); t.Start(); t.Join(); return r; }", "An object is not allowed"),
        new("reads the clock", "static int F(int x) => System.DateTime.UtcNow.Year;", "does not exist"),
        new("draws at random", "static int F(int x) => new System.Random().Next(1, 2);", "An object is not allowed"),
        new("looks at types", "static int F(int x) => typeof(object).Assembly.GetTypes().Length;", "typeof is not allowed"),
        new("takes a pointer", "static unsafe int F(int x) { int* p = &x; *p = 1; return x; }", "'unsafe' is not allowed"),
        new("takes memory of the stack", "static int F(int x) { System.Span<int> s = stackalloc int[1]; return s.Length; }", "is not allowed"),
        new("keeps state", "static int state; static int F(int x) { state++; return state; }", "Only methods may stand here"),
        new("declares a native function", "[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid(); static int F(int x) => getpid();", "Text is not allowed"),
        new("declares a type", "class C { public static int N = 1; } static int F(int x) => C.N;", "Only methods may stand here"),
        new("catches exceptions", "static int F(int x) { try { return 1 / (x - x); } catch (System.DivideByZeroException) { return 1; } }", "exception is not allowed"),
        new("gives commands", "#pragma warning disable\nstatic int F(int x) => 1;", "directive"),
        new("hides a name behind another script", "static int F(int x) { int \u0430 = 1; return \u0430; }", "ASCII"),
        new("ends a script and a comment of whoever shows it", "static int F(int x) => \"</script>*/\".Length;", "Text is not allowed"),
        new("loops", "static int F(int x) { for (int i = 0; i < 100000000; i++) x ^= i; return x; }", nameof(HoleTrap.Fuel)),
        new("branches without end", "static int F(int x) => G(25); static int G(int n) => n < 2 ? 1 : G(n - 1) + G(n - 2);", nameof(HoleTrap.Fuel)),
        new("recurses", "static int F(int x) => G(600); static int G(int n) => n == 0 ? 1 : 1 + G(n - 1);", nameof(HoleTrap.Depth)),
        new("takes memory", "static int F(int x) { int[] a = new int[1 << 24]; return a.Length; }", nameof(HoleTrap.Memory)),
        new("takes memory piece by piece", "static int F(int x) { for (int i = 0; i < 2000; i++) { double[] a = new double[1000]; a[0] = x; x += (int)a[1]; } return x; }", nameof(HoleTrap.Memory)),
        new("hands out one array again and again", "static int[][] F(int x) { int[] a = new int[100000]; int[][] all = new int[10000][]; for (int i = 0; i < all.Length; i++) all[i] = a; return all; }", nameof(HoleTrap.Memory)) { GivesArrays = true }, // 4 GB, copied out
        new("calls a helper with what it does not take", "static int F(int x) => Pick(2147483647);", nameof(HoleTrap.Helper)),
    ];
}
