using System.Globalization;
using System.Text;

namespace Ansatz.Sandbox;

/// <summary>
/// A hole whose candidates may be any C# that <see cref="ProgramSandbox"/> runs: with texts, collections, LINQ, lambdas and types of their own inside. They are called from outside of their process, so a call takes some ten microseconds, and the
/// host's helpers cannot be offered. Safe to use from several threads.
/// </summary>
/// <remarks>Arguments and results are copies, to the bit. A type of the host's arrives as a struct that holds its parts.</remarks>
public sealed class ProgramHole
{
    private const string Before = "static class Program { ";

    private readonly HoleSignature _signature;
    private readonly ProgramSandbox _sandbox;
    private readonly string _behind;

    /// <summary>A hole.</summary>
    /// <param name="signature">What a candidate has to be.</param>
    /// <param name="sandbox">Where it runs.</param>
    /// <exception cref="InputException">Helpers are offered.</exception>
    public ProgramHole(HoleSignature signature, ProgramSandbox sandbox)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentNullException.ThrowIfNull(sandbox);
        if (signature.Offered.Length > 0)
        {
            throw new InputException($"The hole {signature.Name} is filled by programs in processes of their own, and these cannot call what is offered ({signature.Offered[0].Name}): leave it out, or use the sandbox for holes.");
        }

        if (signature.Name is "Program")
        {
            throw new InputException("A hole that is filled by programs in processes of their own cannot be called Program: their class is.");
        }

        (_signature, _sandbox, _behind) = (signature, sandbox, Behind(signature));
    }

    /// <summary>What a candidate may be and may use.</summary>
    public ProgramLimits Limits => _sandbox.Limits;

    /// <summary>Compiles a candidate: methods, the hole's among them.</summary>
    /// <param name="source">The methods.</param>
    /// <param name="cancellationToken">Ends the compiler.</param>
    /// <exception cref="FaultException">As for <see cref="ProgramSandbox.CompileAsync"/>.</exception>
    public async Task<ProgramCompilation> CompileAsync(string source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ProgramCompilation compilation = await _sandbox.CompileAsync($"{Before}{source}\n#line hidden\n{_behind}", cancellationToken).ConfigureAwait(false);
        int lines = source.AsSpan().Count('\n') + 1;
        return compilation with
        {
            Refusals = [.. compilation.Refusals.Select(r => r.Line > lines ? new(lines, 1, $"It has no method {_signature} that can be called: {r.Reason}") : r.Line == 1 ? r with { Column = Math.Max(1, r.Column - Before.Length) } : r)],
        };
    }

    /// <summary>Has a candidate called, in a fresh process, as often as a piece of the host's work likes.</summary>
    /// <typeparam name="TDelegate">The hole's type.</typeparam>
    /// <param name="program">The candidate.</param>
    /// <param name="use">The work: it is given the candidate, to be called by one thread at a time. It may have to run twice, from its beginning. What a candidate keeps in statics it still has at the next call.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <returns>Why the candidate gave no answer to a call; none if it answered all.</returns>
    /// <exception cref="FaultException">As for <see cref="ProgramSandbox.UseAsync"/>.</exception>
    public Task<ProgramFailure?> UseAsync<TDelegate>(CompiledProgram program, Action<TDelegate> use, CancellationToken cancellationToken = default)
        where TDelegate : Delegate
    {
        ArgumentNullException.ThrowIfNull(use);
        return _sandbox.UseCallsAsync(program, calls => use(HoleDelegate<ProgramCall, TDelegate>.Of(new(_signature, calls), _signature)), cancellationToken);
    }

    // The door: reads arguments out of a text of 64-bit numbers, calls the hole, writes the result so.
    private static string Behind(HoleSignature signature)
    {
        StringBuilder code = new();
        code.Append("static string Run(string input) { string[] given = input.Split(' '); int[] at = new int[1]; ");
        foreach ((HoleArgument argument, int i) in signature.Arguments.Select((a, i) => (a, i)))
        {
            if (!argument.IsRead)
            {
                code.Append(CultureInfo.InvariantCulture, $"{argument.TypeName} a{i} = Crossing_{NameOf(argument.Components[0].Type)}(given, at); ");
                continue;
            }

            code.Append(CultureInfo.InvariantCulture, $"{argument.TypeName} a{i} = default; ");
            foreach (HoleComponent component in argument.Components)
            {
                code.Append(CultureInfo.InvariantCulture, $"a{i}{component.Path} = {(component.KeptAs is { } kept ? $"({kept})" : "")}Crossing_{NameOf(component.Type)}(given, at); ");
            }
        }

        code.Append(CultureInfo.InvariantCulture, $"StringBuilder result = new StringBuilder(); Crossing_Give(result, Program.{signature.Name}({string.Join(", ", signature.Arguments.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"a{i}")))})); return result.ToString(); }}\n");
        HashSet<HoleType> taken = [], given = [];
        foreach (HoleType type in signature.Parameters)
        {
            Take(type, taken, code);
        }

        Give(signature.Result, given, code);
        return code.Append("}\n").Append(signature.Declarations.Replace("public readonly ", "public ", StringComparison.Ordinal).Replace("readonly struct ", "struct ", StringComparison.Ordinal)).ToString();
    }

    private static void Take(HoleType type, HashSet<HoleType> done, StringBuilder code)
    {
        if (!done.Add(type))
        {
            return;
        }

        string header = $"static {type} Crossing_{NameOf(type)}(string[] given, int[] at)";
        if (type.Element is { } element)
        {
            Take(element, done, code);
            string inner = type.Name[..type.Name.IndexOf('[', StringComparison.Ordinal)], made = $"new {inner}[n]{type.Name[(inner.Length + 2)..]}"; // int[][] is made as new int[n][]
            code.Append(CultureInfo.InvariantCulture, $"{header} {{ int n = int.Parse(given[at[0]++]); {type} items = {made}; for (int i = 0; i < n; i++) items[i] = Crossing_{NameOf(element)}(given, at); return items; }}\n");
            return;
        }

        const string Next = "long.Parse(given[at[0]++])";
        code.Append(CultureInfo.InvariantCulture, $"{header} => {(type == HoleType.Double ? $"BitConverter.Int64BitsToDouble({Next})" : type == HoleType.Bool ? $"{Next} != 0" : $"({type}){Next}")};\n");
    }

    private static void Give(HoleType type, HashSet<HoleType> done, StringBuilder code)
    {
        if (!done.Add(type))
        {
            return;
        }

        string header = $"static void Crossing_Give(StringBuilder to, {type} value)";
        if (type.Element is { } element)
        {
            Give(element, done, code);
            code.Append(CultureInfo.InvariantCulture, $"{header} {{ to.Append(value.Length).Append(' '); foreach ({element} item in value) Crossing_Give(to, item); }}\n");
            return;
        }

        string written = type == HoleType.Double ? "BitConverter.DoubleToInt64Bits(value)" : type == HoleType.Bool ? "(value ? 1L : 0L)" : "(long)value";
        code.Append(CultureInfo.InvariantCulture, $"{header} {{ to.Append({written}).Append(' '); }}\n");
    }

    private static string NameOf(HoleType type) => type.Name.Replace("[]", "Array", StringComparison.Ordinal);
}
