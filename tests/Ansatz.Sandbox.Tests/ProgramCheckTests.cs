using System.Collections.Immutable;

namespace Ansatz.Sandbox.Tests;

/// <summary>The check of what the compiler made, on images that a compiler with unsafe code and the whole framework made: as if the one in its process had been taken over. Needs no lock.</summary>
public sealed class ProgramCheckTests
{
    [Theory]
    [InlineData("int x = 1; int* p = &x; return (*p).ToString();", "pointer")]
    [InlineData("fixed (char* p = input) { p[0] = 'x'; } return input;", "pinned")]
    [InlineData("int* p = stackalloc int[4]; return p[9].ToString();", "stackalloc")]
    [InlineData("delegate*<int, int> f = &Math.Abs; return f(-1).ToString();", "function pointer")]
    [InlineData("return new string((char*)null);", "pointer")]
    [InlineData("return new ReadOnlySpan<char>((void*)12345678, 10).ToString();", "A span over constant bytes (a u8 literal, a ReadOnlySpan that is given constants) or over a pointer")]
    [InlineData("return \"abc\"u8.Length.ToString();", "a u8 literal")]
    [InlineData("ReadOnlySpan<byte> b = [1, 2, 3]; return b[input.Length].ToString();", "a ReadOnlySpan that is given constants")]
    [InlineData("T Make<T>() where T : new() => new T(); return Make<object>().ToString();", "An object of a type parameter (new T(), System.Activator.CreateInstance)")]
    [InlineData("return System.Runtime.CompilerServices.Unsafe.As<string>(new object());", "System.Runtime.CompilerServices.Unsafe.As is not offered")]
    [InlineData("return System.IO.File.ReadAllText(input);", "System.IO.File.ReadAllText is not offered")]
    [InlineData("return System.Diagnostics.Process.Start(input).ToString();", "is not offered")]
    [InlineData("return new System.Net.Sockets.TcpClient(input, 1).ToString();", "is not offered")]
    [InlineData("System.Linq.Expressions.Expression<Func<string>> e = () => input; return e.Compile()();", "is not offered")]
    [InlineData("TypedReference r = __makeref(input); return __refvalue(r, string);", "__makeref")]
    [InlineData("return typeof(Program).GetMethod(\"Run\").Name;", "System.Type.GetMethod is not offered")]
    [InlineData("return string.Create(3, input, (s, i) => i.CopyTo(s));", "is not offered")]
    [InlineData("int* p = null; return (++p != null).ToString();", "pointer")]
    public void Check_WhatEscapesTheRuntimesRules_Found(string body, string reason)
    {
        CompiledProgram program = UncheckedProgram.OfBody($"unsafe {{ {body} }}");

        ImmutableArray<Refusal> refusals = ProgramCheck.Check(program.DebugImage, program.DebugSymbols);

        Assert.Contains(refusals, r => r.Reason.Contains(reason, StringComparison.Ordinal));
        Assert.Contains(ProgramCheck.Check(program.Image, null), r => r.Reason.Contains(reason, StringComparison.Ordinal)); // as it is run, too
    }

    [Fact]
    public void Check_Computation_Passes()
    {
        CompiledProgram program = UncheckedProgram.OfBody("return string.Join(',', input.Select(c => (int)c));", isUnsafe: false);

        Assert.Empty(ProgramCheck.Check(program.DebugImage, program.DebugSymbols));
        Assert.Empty(ProgramCheck.Check(program.Image, null));
    }

    // Rows that share what they name would have the host read it a million times over.
    [Theory]
    [InlineData("names")]
    [InlineData("signatures")]
    [InlineData("bodies")]
    [InlineData("attributes")]
    [InlineData("members of types")]
    public void Check_RowsThatShareWhatTheyName_RefusedOnceItsWorkHasABound(string what)
    {
        byte[] image = SharingImage.Of(what);
        Assert.InRange(image.Length, 300_000, 4 << 20);

        Refusal refusal = ProgramCheck.Check(image, null)[0];

        Assert.Equal("What the compiler made of the program is no valid assembly.", refusal.Reason);
    }

    [Fact]
    public void Check_SymbolsThatAreTooBig_Refused() =>
        Assert.Contains("too big", Assert.Single(ProgramCheck.Check(UncheckedProgram.OfBody("return input;").DebugImage, new byte[5 << 20])).Reason, StringComparison.Ordinal);

    // No byte of an image can make the host fail: it refuses, or lets pass what the lock then holds.
    [Fact]
    public void Check_MangledImages_NeverThrows()
    {
        byte[] image = UncheckedProgram.OfBody("return string.Join(',', input.Select(c => (int)c).GroupBy(x => x % 2).ToDictionary(g => g.Key, g => g.ToList()));", isUnsafe: false).Image;
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] mangled = i % 10 == 0 ? image[..random.Next(image.Length)] : [.. image];
            for (int changes = random.Next(1, 20); changes > 0; changes--)
            {
                mangled[random.Next(mangled.Length)] = (byte)random.Next(256);
            }

            refused += ProgramCheck.Check(mangled, null).IsEmpty ? 0 : 1;
        }

        Assert.InRange(refused, 100, 300);
    }
}
