using Ansatz.Sandbox.Tree;

namespace Ansatz.Sandbox;

/// <summary>The numbers by which a module calls its host: the functions of Math, then the offered helpers.</summary>
internal static class HostCalls
{
    private const int Helpers = 1000;

    public static int Number(MathFunction function) => (int)function;

    public static int Number(int helper) => Helpers + helper;

    /// <summary>Whether the tree calls the host at all.</summary>
    public static bool In(HoleTree tree) => tree.Any(e => e is MathCall or HelperCall);

    /// <summary>Does what a module asks: reads the arguments in its mailbox and leaves the result there.</summary>
    public static unsafe void Serve(int number, byte* mailbox, HoleSignature signature)
    {
        if (number < Helpers)
        {
            double* values = (double*)mailbox;
            values[0] = PortableFunctions.Call((MathFunction)number, values[0], values[1]);
            return;
        }

        OfferedHelper helper = signature.Offered[number - Helpers];
        long[] arguments = new long[helper.Parameters.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Load(helper.Parameters[i], mailbox + (8 * i));
        }

        Store(helper.Result, mailbox, helper.Run(arguments));
    }

    /// <summary>The bits of a value in memory.</summary>
    public static unsafe long Load(HoleType type, byte* at) =>
        type == HoleType.Double ? Bits.Of(*(double*)at)
        : type.IsWide ? *(long*)at
        : type == HoleType.UInt ? *(uint*)at
        : *(int*)at;

    /// <summary>Puts a value into memory.</summary>
    public static unsafe void Store(HoleType type, byte* at, long bits)
    {
        if (type == HoleType.Double || type.IsWide)
        {
            *(long*)at = bits;
        }
        else
        {
            *(int*)at = (int)bits;
        }
    }
}
