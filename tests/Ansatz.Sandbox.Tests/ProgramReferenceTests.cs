using System.Reflection;

namespace Ansatz.Sandbox.Tests;

/// <summary>References that could outlive a call, which would read one type as another; and the compiler's own, which cannot and have to pass. As ordinary C#: no compiler was taken over. Needs no lock.</summary>
public sealed class ProgramReferenceTests
{
    private const string Outlives = "A reference that outlives a call", InlineArray = "An inline array is not offered";

    private const string Enumerated = "ref struct En<T> { public ReadOnlySpan<T> R; int n; public ReadOnlySpan<T> Current => R; public bool MoveNext() => n++ == 0; }";

    [Theory]
    [InlineData(InlineArray, "struct S { public InlineArray4<long> F; } static class E { public static En<long> GetEnumerator(this in S s) => new En<long> { R = s.F }; } class P { static long M() { S s = default; foreach (var p in s) return p[1]; return 0; } }", Enumerated)]
    [InlineData(InlineArray, "struct S<T> { public InlineArray16<T> F; } static class E { public static En<T> GetEnumerator<T>(this in S<T> s) => new En<T> { R = s.F }; }", Enumerated)]
    [InlineData(InlineArray, "class C { InlineArray2<int> F; }")]
    [InlineData(InlineArray, "class C { static InlineArray2<int> F; }")]
    [InlineData(InlineArray, "class C { InlineArray2<int>[] F; }")]
    [InlineData(InlineArray, "class C { List<InlineArray2<int>> F; }")]
    [InlineData(InlineArray, "class C { (int, InlineArray2<int>) F; }")]
    [InlineData(InlineArray, "class C { Func<Dictionary<int, InlineArray2<int>[]>> F; }")]
    [InlineData(InlineArray, "class C : List<InlineArray2<int>> { }")]
    [InlineData(InlineArray, "class C : IEqualityComparer<InlineArray2<int>> { bool IEqualityComparer<InlineArray2<int>>.Equals(InlineArray2<int> a, InlineArray2<int> b) => true; int IEqualityComparer<InlineArray2<int>>.GetHashCode(InlineArray2<int> a) => 1; }")]
    [InlineData(InlineArray, "class C<T> where T : List<InlineArray2<int>> { }")]
    [InlineData(InlineArray, "class C { void F(InlineArray2<int> a) { } }")]
    [InlineData(InlineArray, "class C { void F(in InlineArray2<int> a) { } }")]
    [InlineData(InlineArray, "class C { InlineArray2<int> F() => default; }")]
    [InlineData(InlineArray, "class C { void F() { (int, InlineArray2<int>) a = default; a.Item2[0] = 1; } }")]
    [InlineData(InlineArray, "class C { void F() { InlineArray2<InlineArray2<int>> a = default; a[0][0] = 1; } }")]
    [InlineData(InlineArray, "class C { object F() { InlineArray2<int> a = default; return a; } }")]
    [InlineData(InlineArray, "class C { Func<int> F() { InlineArray2<int> a = default; return () => a[0]; } }")]
    [InlineData(InlineArray, "class C { object F() => new InlineArray2<int>[3]; }")]
    [InlineData(InlineArray, "class C { object F() => typeof(InlineArray2<>); }")]
    [InlineData(InlineArray, "class C { object F() => typeof(InlineArray2<int>); }")]
    [InlineData(InlineArray, "class C { static void G<T>(in T t) { } void F() { InlineArray2<int> a = default; G(in a); } }")]
    [InlineData(InlineArray, "class C { object F() => default(InlineArray2<int>).ToString(); }")]
    [InlineData("InlineArrayAttribute is not offered", "[InlineArray(4)] struct S { int a; }")]
    [InlineData("InlineArrayAttribute is not offered", "[InlineArray(4)] struct S<T> { T a; } class C { S<int> F; }")]
    [InlineData("Unsafe is not offered", "class C { object F() => typeof(Unsafe); }")]
    [InlineData(Outlives, "ref struct S { public int A; }")]
    [InlineData(Outlives, "ref struct S { public ref int A; }")]
    [InlineData(Outlives, "class C { ref int F(int[] a) => ref a[0]; }")]
    [InlineData(Outlives, "class C { Span<int> F(int[] a) => a; }")]
    [InlineData(Outlives, "class C { ReadOnlySpan<char> F(string a) => a; }")]
    [InlineData(Outlives, "class C { ReadOnlySpan<char> F => \"a\"; }")]
    [InlineData(Outlives, "class C { Span<int>.Enumerator F(int[] a) => a.AsSpan().GetEnumerator(); }")]
    [InlineData(Outlives, "class C { DefaultInterpolatedStringHandler F(Span<char> a) => new(1, 1, null, a); }")]
    [InlineData(Outlives, "class C { void F(ref ReadOnlySpan<char> a) => a = a[1..]; }")]
    [InlineData(Outlives, "class C { void F(out Span<int> a) => a = default; }")]
    [InlineData(Outlives, "class C { Func<int[], int> F() => a => { Span<int> G() => a; return G()[0]; }; }")]
    [InlineData(Outlives, "class C { delegate Span<int> D(int[] a); }")]
    [InlineData(Outlives, "interface I { ref int A(); }")]
    [InlineData(Outlives, "class C { void F<T>(ref T a, T b) where T : allows ref struct => a = b; }")]
    [InlineData(Outlives, "interface I<T> where T : allows ref struct { T A(); }")]
    [InlineData(Outlives, "class C { void F() { int a = 1; Span<int> s = new(ref a); s[0] = 2; } }")]
    [InlineData(Outlives, "class C { int F(int a) { ReadOnlySpan<int> s = [a]; return s[0]; } }")]
    public void Check_ReferenceThatMightOutliveItsCall_Refused(string reason, string types, string more = "")
    {
        CompiledProgram program = Of(types + more, "return input;");

        Assert.Contains(ProgramCheck.Check(program.DebugImage, program.DebugSymbols), r => r.Reason.Contains(reason, StringComparison.Ordinal));
        Assert.Contains(ProgramCheck.Check(program.Image, null), r => r.Reason.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("int a = input.Length; Span<int> s = [a, 2, a]; ReadOnlySpan<string> t = [input, input]; return s[0] + t[1];")]
    [InlineData("int a = input.Length; Span<int> s = [a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, a]; s.Sort(); return s[^1].ToString();")] // more than the runtime has a type for
    [InlineData("return string.Concat(input, input, input, input, input, input) + string.Join(',', input, input, 1, 2) + string.Format(\"{0}{1}{2}{3}{4}\", input, 1, 2, 3, 4);")]
    [InlineData("return string.Join('-', input.Split(',', ';')) + input.Trim('a', 'b');")]
    [InlineData("int a = input.Length; return Total([a, a]) + Total(a, 2, 3) + ((Func<string>)(() => string.Concat([input, input, input])))();", "static int Total(params ReadOnlySpan<int> all) { int sum = 0; foreach (int i in all) sum += i; return sum; }")]
    [InlineData("int[] a = [3, 1, 2]; Sort(a); return string.Join(',', a);", "static void Sort(Span<int> s) { if (s.Length < 2) return; (s[0], s[^1]) = (s[^1], s[0]); Sort(s[1..]); foreach (ref int i in s) i++; }")]
    [InlineData("return string.Concat(Each(input));", "static IEnumerable<string> Each(string s) { foreach (char c in s) yield return string.Concat([s, s, c.ToString()]); }")]
    [InlineData("ReadOnlySpan<char> s = input; int n = 0; while (s.IndexOf(',') is >= 0 and var at) { n += int.Parse(s[..at]); s = s[(at + 1)..]; } return n.ToString();")]
    [InlineData("List<string[]> l = [[input, input], .. new string[][] { [input] }]; return l.Count + new Pair<int>(1, 2).ToString();", "record struct Pair<T>(T A, T B) where T : IComparable<T> { static void Set(ref T a, out T b) { b = a; } }")]
    [InlineData("var add = (ref int a, int b) => { a += b; }; int n = 1; add(ref n, 2); return n.ToString();")] // the compiler makes the delegate
    [InlineData("return $\"{input} {input.Length:N0} {input.AsSpan(0, 0)}\";")]
    public void Check_SpansThatEndWithTheirCalls_Pass(string body, string members = "")
    {
        CompiledProgram program = Of("", body, members);

        Assert.Empty(ProgramCheck.Check(program.DebugImage, program.DebugSymbols));
        Assert.Empty(ProgramCheck.Check(program.Image, null));
    }

    // A span that is not known as one could be handed out.
    [Fact]
    public void IsSpan_EveryTypeOfTheList_AsTheRuntimeSays()
    {
        string[] wrong = [.. Loading.Assemblies.Select(Assembly.Load).SelectMany(a => a.GetTypes()).Select(t => (t.IsByRefLike, Name: t.FullName!.Replace('+', '/')))
            .Where(t => MemberList.HasType(t.Name) && t.IsByRefLike != MemberList.IsSpan(t.Name)).Select(t => t.Name)];

        Assert.Empty(wrong);
    }

    // Every inline array of the framework that a program can name.
    [Fact]
    public void IsInlineArray_EveryPublicType_AsTheRuntimeSays()
    {
        string[] wrong = [.. Loading.Assemblies.Select(Assembly.Load).SelectMany(a => a.GetExportedTypes())
            .Where(t => t.IsDefined(typeof(System.Runtime.CompilerServices.InlineArrayAttribute)) != MemberList.IsInlineArray(t.FullName!)).Select(t => t.FullName!)];

        Assert.Empty(wrong);
    }

    private static CompiledProgram Of(string types, string body, string members = "") => UncheckedProgram.Of(
        $"using System; using System.Linq; using System.Collections.Generic; using System.Runtime.CompilerServices; {types} public static class Program {{ {members} public static string Run(string input) {{\n{body}\n}} }}",
        isUnsafe: false);
}
