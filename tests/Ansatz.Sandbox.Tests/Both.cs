using Ansatz.Sandbox.Syntax;

namespace Ansatz.Sandbox.Tests;

/// <summary>A candidate run by interpreter and module, which have to agree in result, trap and fuel.</summary>
internal static class Both
{
    /// <summary>What both gave: a boxed value, an array, or the trap.</summary>
    public static object Run<TDelegate>(string source, params object[] arguments)
        where TDelegate : Delegate => Run(HoleSignature.Of<TDelegate>("F"), source, new(), arguments);

    public static object Run(HoleSignature signature, string source, HoleLimits limits, params object[] arguments)
    {
        HoleCompiler compiler = new(signature, limits);
        if (!compiler.TryRead(source, out HoleSyntax? syntax, out IReadOnlyList<Refusal> refusals))
        {
            Assert.Fail($"{string.Join('\n', refusals)}\n{source}");
        }

        using HoleProgram program = compiler.Compile(syntax);
        using HoleInstance instance = program.Start();
        HoleInterpreter interpreter = new(program.Tree, signature, limits);
        object expected = Catch(() => interpreter.Call(arguments));
        object actual = Catch(() => instance.Call(arguments));

        Assert.Equal(Text(expected), Text(actual));
        Assert.True(interpreter.Fuel == instance.Fuel, $"Fuel left: interpreter {interpreter.Fuel}, module {instance.Fuel}.\n{source}");
        return actual;
    }

    /// <summary>A value to the bit.</summary>
    public static string Text(object value) => value switch
    {
        Array array => $"{array.GetType().Name} [{string.Join(", ", array.Cast<object>().Select(Text))}]",
        HoleTrap trap => $"trap {trap}",
        _ => $"{value.GetType().Name} {Bits.Unbox(value):X} {value}",
    };

    /// <summary>The result, or the trap.</summary>
    public static object Catch(Func<object> call)
    {
        try
        {
            return call();
        }
        catch (HoleTrapException e)
        {
            return e.Trap;
        }
    }
}
