using System.Runtime.CompilerServices;

namespace Ansatz.Sandbox.Syntax;

/// <summary>Whether a tree that a program put together is a candidate: what passes here, the reader accepts as text, and reads as the same tree.</summary>
/// <remarks>
/// The other way round a few things are asked for that the reader does not: constants computed, names that are nobody else's, no path that is only unreachable for a reason that C# would find. What the reader
/// made passes where its printed text keeps the limits; where that does not, the source is refused.
/// </remarks>
internal sealed class SyntaxCheck
{
    private readonly HoleSyntax _syntax;
    private readonly HoleSignature _signature;
    private readonly HoleLimits _limits;
    private readonly HashSet<string> _names = []; // of methods and helpers: no variable may have one

    private SyntaxCheck(HoleSyntax syntax, HoleSignature signature, HoleLimits limits) => (_syntax, _signature, _limits) = (syntax, signature, limits);

    /// <summary>Why it is no candidate, in a sentence; none if it is one.</summary>
    public static string? Fault(HoleSyntax syntax, HoleSignature signature, HoleLimits limits)
    {
        try
        {
            new SyntaxCheck(syntax, signature, limits).Check();
            return null;
        }
        catch (FaultyException e)
        {
            return e.Message;
        }
    }

    private void Check()
    {
        Require(_syntax.Methods.Count <= _limits.Functions, $"There are {_syntax.Methods.Count} methods; {_limits.Functions} are allowed.");
        Require(_syntax.Methods is [var hole, ..] && hole.Name == _signature.Name && hole.Result == _signature.Result && Fits(hole.Parameters), $"The first method has to be static {_signature}.");
        Require(_signature.Arguments.All(a => !a.IsRead) || !_syntax.Methods.Any(m => Calls(m.Body, _signature.Name)), $"{_signature.Name} cannot be called from inside, since it takes what the host alone can make: put what calls itself into a helper that takes numbers.");
        Require(_syntax.Methods.Skip(1).All(m => m.Parameters.All(p => p.Part is null)), "A helper method cannot take an argument of a user's type: give it the parts that it needs.");
        Require(_syntax.Methods.Skip(1).All(m => m.Parameters.Count <= HoleGates.Parameters), $"A helper method takes more than {HoleGates.Parameters} parameters.");
        Require(_syntax.Methods[0].Parameters.Count <= HoleGates.Parameters || !_syntax.Methods.Any(m => Calls(m.Body, _signature.Name)), $"{_signature.Name} cannot be called from inside, since it takes more than {HoleGates.Parameters} parameters.");
        foreach (string name in _signature.Offered.Select(o => o.Name).Concat(_syntax.Methods.Select(m => m.Name)))
        {
            Require((Names.IsFree(name) || name == _signature.Name || _signature.Offered.Any(o => o.Name == name)) && _names.Add(name), $"A method cannot be called {name}: that is a word of C#, or something else has this name.");
        }

        foreach (Method method in _syntax.Methods)
        {
            new MethodCheck(_syntax, method, _signature, _names, 2 * _limits.Tokens).Check(); // a node is a token at least, almost always
            Require(Flow.Fault(method));
        }

        SourceSize size = SourceSize.Of(_syntax.ToString());
        Require(size.Characters <= _limits.SourceCharacters, $"Written out, one statement a line, it has {size.Characters} characters; {_limits.SourceCharacters} are allowed.");
        Require(size.Tokens <= _limits.Tokens, $"Written out it has {size.Tokens} tokens; {_limits.Tokens} are allowed.");
        Require(size.Nesting <= _limits.Nesting, $"Written out its brackets nest {size.Nesting} deep; {_limits.Nesting} are allowed: use locals or methods.");
    }

    private static bool Calls(Node node, string method) => (node is Call call && call.Method == method) || node.Children.Any(c => Calls(c, method));

    // The parts of an argument stand one after the other, under one name that no other argument has.
    private bool Fits(ValueList<Parameter> parameters)
    {
        if (parameters.Count != _signature.Parameters.Length)
        {
            return false;
        }

        List<string> names = [];
        foreach (HoleArgument argument in _signature.Arguments)
        {
            Parameter first = parameters[_signature.Arguments.Take(names.Count).Sum(a => a.Components.Length)];
            names.Add(first.Part?.Name ?? first.Name);
        }

        return names.Distinct().Count() == names.Count && parameters.SequenceEqual(_signature.ParametersOf(names));
    }

    /// <summary>Throws unless the condition holds.</summary>
    internal static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new FaultyException(otherwise);
        }
    }

    /// <summary>Throws unless the condition holds; the reason is put together only then.</summary>
    internal static void Require(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref Reason otherwise)
    {
        if (!condition)
        {
            throw new FaultyException(otherwise.ToStringAndClear());
        }
    }

    /// <summary>Throws where there is a fault.</summary>
    internal static void Require(string? fault)
    {
        if (fault is not null)
        {
            throw new FaultyException(fault);
        }
    }
}

/// <summary>A tree is no candidate; <see cref="SyntaxCheck.Fault"/> catches it.</summary>
internal sealed class FaultyException(string message) : Exception(message);

/// <summary>An interpolated string that nobody needs while a condition holds.</summary>
[InterpolatedStringHandler]
internal ref struct Reason
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler.</summary>
    public Reason(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = isNeeded ? new(literalLength, formattedCount) : default;
    }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>The string.</summary>
    public string ToStringAndClear() => _text.ToStringAndClear();
}
