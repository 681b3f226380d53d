using Ansatz.Sandbox.Syntax;
using Ansatz.Sandbox.Tree;
using Wasmtime;

namespace Ansatz.Sandbox;

/// <summary>A candidate, compiled. Immutable and safe to use from several threads; each run takes an instance of its own.</summary>
public sealed class HoleProgram : IDisposable
{
    private const int Small = 200; // nodes; more than the grammar writes

    private readonly Module _module;

    internal HoleProgram(HoleSyntax syntax, HoleSignature signature, HoleLimits limits)
    {
        (Syntax, Tree, Signature, Limits) = (syntax, Lowering.Lower(syntax, signature), signature, limits);
        Engine = Tree.Repeats || Tree.Functions[0].Nodes > Small ? Runtime.Thorough : Runtime.Quick;
        _module = Module.FromBytes(Engine, signature.Name, WasmCompiler.Compile(Tree, signature, limits));
    }

    /// <summary>What was compiled, as its source says it.</summary>
    public HoleSyntax Syntax { get; }

    /// <summary>What was compiled, as it is run.</summary>
    public HoleTree Tree { get; }

    /// <summary>What the candidate is.</summary>
    public HoleSignature Signature { get; }

    /// <summary>What it may use.</summary>
    public HoleLimits Limits { get; }

    /// <summary>A fresh run: full fuel, nothing left of any other.</summary>
    /// <param name="fuel">What the run may spend; the limits' fuel if nothing is said.</param>
    public HoleInstance Start(long? fuel = null)
    {
        if (fuel is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given, nameof(fuel));
        }

        return new(_module, this, fuel ?? Limits.Fuel);
    }

    /// <summary>Frees the machine code. Instances that run already are not touched.</summary>
    public void Dispose() => _module.Dispose();

    internal Engine Engine { get; }

    internal IReadOnlyList<string> Imports => [.. _module.Imports.Select(i => $"{i.ModuleName}.{i.Name}")];

    /// <summary>The WebAssembly engines of the process.</summary>
    private static class Runtime
    {
        /// <summary>For code in loops, and for much of it: better code, which takes longer to make.</summary>
        public static readonly Engine Thorough = Of(OptimizationLevel.Speed);

        /// <summary>For a little code that is passed once a call.</summary>
        public static readonly Engine Quick = Of(OptimizationLevel.None);

        /// <summary>
        /// No signal handlers: with Wasmtime's own (its default, seen with 50.0.1 on .NET 10.0.12, Linux x64) every division by zero and every null reference of the host's own code
        /// ends the process as a stack overflow, from the moment the engine exists. Traps are explicit checks instead.
        /// No unwinding of the candidate's code by the system either: traps need none, and every module would be registered for it (Windows insists).
        /// Nothing that a candidate does not need. Memory that is as big as it can get never moves, so its address may be kept. Half a megabyte of stack holds a depth of 500 twice over
        /// (seen with the widest frames): a unit of depth stands for 64 nodes of tree, and what is called takes 32 parameters at most. An overflow all the same is an error of this room, and no outcome.
        /// </summary>
        private static Engine Of(OptimizationLevel level) => new(new Config()
            .WithSignalsBasedTraps(false)
            .WithMemoryMayMove(false)
            .WithMaximumStackSize(512 << 10)
            .WithParallelCompilation(false)
            .WithUnwindInfo(OperatingSystem.IsWindows())
            .WithReferenceTypes(false)
            .WithFunctionReferences(false)
            .WithGc(false)
            .WithSIMD(false)
            .WithRelaxedSIMD(false, false)
            .WithMultiMemory(false)
            .WithMemory64(false)
            .WithTailCalls(false)
            .WithWasmThreads(false)
            .WithOptimizationLevel(level));
    }
}
