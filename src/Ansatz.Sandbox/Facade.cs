using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Sandbox;

/// <summary>
/// The only library that a candidate is compiled against: the types that C# cannot do without, and the members that a candidate may name. It is text, so that
/// nothing depends on where a runtime's assemblies lie, and nobody has to list what is forbidden: what is not here does not exist.
/// </summary>
internal static class Facade
{
    /// <summary>No usings, no attributes of the candidate's own, arithmetic unchecked, nothing unsafe, one thread.</summary>
    public static CSharpCompilationOptions Options { get; } = new(
        OutputKind.DynamicallyLinkedLibrary, checkOverflow: false, allowUnsafe: false, concurrentBuild: false, deterministic: true);

    /// <summary>The version of the language, fixed: what a source means must not change with a package.</summary>
    public static CSharpParseOptions Parsing { get; } = new(LanguageVersion.CSharp14, DocumentationMode.None);

    /// <summary>The library as a reference. Shared by all compilations.</summary>
    public static MetadataReference Reference { get; } = Create();

    private static CompilationReference Create()
    {
        CSharpCompilation library = CSharpCompilation.Create("System.Runtime", [CSharpSyntaxTree.ParseText(Source, Parsing)], options: Options);
        Diagnostic? error = library.GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error);
        return error is null ? library.ToMetadataReference() : throw new InvalidOperationException($"The library of the sandbox does not compile: {error}");
    }

    // Overloads of decimal, float and the integers of 8 and 16 bits stand here although a candidate has no such numbers: where C# chooses one of them (Math.Abs of a short), or cannot choose (Math.Floor(5)), a candidate is
    // refused, or what is exported would mean something else, or not compile.
    // Bodies are never run: extern would need an attribute, and abstract members cannot be static in a class.
    private const string Source = """
        namespace System
        {
            public class Object { public Object() { } }
            public abstract class ValueType { }
            public abstract class Enum : ValueType { }
            public struct Void { }
            public struct Boolean { }
            public struct Char { }
            public struct SByte { }
            public struct Byte { }
            public struct Int16 { }
            public struct UInt16 { }
            public struct Single { }
            public struct Decimal { }
            public struct IntPtr { }
            public struct UIntPtr { }
            public struct Int32
            {
                public const int MinValue = -2147483648;
                public const int MaxValue = 2147483647;
            }
            public struct UInt32
            {
                public const uint MinValue = 0;
                public const uint MaxValue = 4294967295;
            }
            public struct Int64
            {
                public const long MinValue = -9223372036854775808;
                public const long MaxValue = 9223372036854775807;
            }
            public struct UInt64
            {
                public const ulong MinValue = 0;
                public const ulong MaxValue = 18446744073709551615;
            }
            public struct Double
            {
                public const double MinValue = -1.7976931348623157E+308;
                public const double MaxValue = 1.7976931348623157E+308;
                public const double Epsilon = 4.9406564584124654E-324;
                public const double NaN = 0.0 / 0.0;
                public const double PositiveInfinity = 1.0 / 0.0;
                public const double NegativeInfinity = -1.0 / 0.0;
                public static bool IsNaN(double d) => false;
                public static bool IsFinite(double d) => false;
                public static bool IsInfinity(double d) => false;
                public static bool IsPositiveInfinity(double d) => false;
                public static bool IsNegativeInfinity(double d) => false;
            }
            public sealed class String { }
            public abstract class Array : Collections.IEnumerable
            {
                public int Length => 0;
                Collections.IEnumerator Collections.IEnumerable.GetEnumerator() => null;
            }
            public abstract class Delegate { }
            public abstract class MulticastDelegate : Delegate { }
            public struct Nullable<T> where T : struct { }
            public class Attribute { }
            public class Exception { }
            public sealed class ParamArrayAttribute : Attribute { }
            public interface IDisposable { void Dispose(); }
            public struct ValueTuple<T1, T2> { public T1 Item1; public T2 Item2; public ValueTuple(T1 item1, T2 item2) { Item1 = item1; Item2 = item2; } }
            public struct ValueTuple<T1, T2, T3> { public T1 Item1; public T2 Item2; public T3 Item3; public ValueTuple(T1 item1, T2 item2, T3 item3) { Item1 = item1; Item2 = item2; Item3 = item3; } }
            public static class Math
            {
                public const double PI = 3.14159265358979323846;
                public const double E = 2.7182818284590452354;
                public const double Tau = 6.283185307179586476925;
                public static sbyte Abs(sbyte value) => 0;
                public static short Abs(short value) => 0;
                public static int Abs(int value) => 0;
                public static long Abs(long value) => 0;
                public static double Abs(double value) => 0;
                public static float Abs(float value) => 0;
                public static decimal Abs(decimal value) => 0;
                public static sbyte Min(sbyte val1, sbyte val2) => 0;
                public static byte Min(byte val1, byte val2) => 0;
                public static short Min(short val1, short val2) => 0;
                public static ushort Min(ushort val1, ushort val2) => 0;
                public static int Min(int val1, int val2) => 0;
                public static uint Min(uint val1, uint val2) => 0;
                public static long Min(long val1, long val2) => 0;
                public static ulong Min(ulong val1, ulong val2) => 0;
                public static double Min(double val1, double val2) => 0;
                public static float Min(float val1, float val2) => 0;
                public static decimal Min(decimal val1, decimal val2) => 0;
                public static sbyte Max(sbyte val1, sbyte val2) => 0;
                public static byte Max(byte val1, byte val2) => 0;
                public static short Max(short val1, short val2) => 0;
                public static ushort Max(ushort val1, ushort val2) => 0;
                public static int Max(int val1, int val2) => 0;
                public static uint Max(uint val1, uint val2) => 0;
                public static long Max(long val1, long val2) => 0;
                public static ulong Max(ulong val1, ulong val2) => 0;
                public static double Max(double val1, double val2) => 0;
                public static float Max(float val1, float val2) => 0;
                public static decimal Max(decimal val1, decimal val2) => 0;
                public static sbyte Clamp(sbyte value, sbyte min, sbyte max) => 0;
                public static byte Clamp(byte value, byte min, byte max) => 0;
                public static short Clamp(short value, short min, short max) => 0;
                public static ushort Clamp(ushort value, ushort min, ushort max) => 0;
                public static int Clamp(int value, int min, int max) => 0;
                public static uint Clamp(uint value, uint min, uint max) => 0;
                public static long Clamp(long value, long min, long max) => 0;
                public static ulong Clamp(ulong value, ulong min, ulong max) => 0;
                public static double Clamp(double value, double min, double max) => 0;
                public static float Clamp(float value, float min, float max) => 0;
                public static decimal Clamp(decimal value, decimal min, decimal max) => 0;
                public static int Sign(sbyte value) => 0;
                public static int Sign(short value) => 0;
                public static int Sign(int value) => 0;
                public static int Sign(long value) => 0;
                public static int Sign(double value) => 0;
                public static int Sign(float value) => 0;
                public static int Sign(decimal value) => 0;
                public static double Sqrt(double d) => 0;
                public static double Floor(double d) => 0;
                public static decimal Floor(decimal d) => 0;
                public static double Ceiling(double a) => 0;
                public static decimal Ceiling(decimal d) => 0;
                public static double Truncate(double d) => 0;
                public static decimal Truncate(decimal d) => 0;
                public static double Round(double a) => 0;
                public static decimal Round(decimal d) => 0;
                public static double Exp(double d) => 0;
                public static double Log(double d) => 0;
                public static double Log2(double x) => 0;
                public static double Log10(double d) => 0;
                public static double Pow(double x, double y) => 0;
                public static double Cbrt(double d) => 0;
                public static double Sin(double a) => 0;
                public static double Cos(double d) => 0;
                public static double Tan(double a) => 0;
                public static double Asin(double d) => 0;
                public static double Acos(double d) => 0;
                public static double Atan(double d) => 0;
                public static double Atan2(double y, double x) => 0;
                public static double Sinh(double value) => 0;
                public static double Cosh(double value) => 0;
                public static double Tanh(double value) => 0;
            }
        }

        namespace System.Collections
        {
            public interface IEnumerable { IEnumerator GetEnumerator(); }
            public interface IEnumerator { object Current { get; } bool MoveNext(); }
        }

        namespace System.Runtime.CompilerServices
        {
            public sealed class CompilerGeneratedAttribute : Attribute { }
        }
        """;
}
