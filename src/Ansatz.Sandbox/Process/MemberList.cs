namespace Ansatz.Sandbox;

/// <summary>What a whole program may use of the framework.</summary>
internal static class MemberList
{
    /// <summary>The assemblies that it may refer to. A child loads them, with all that they use, before it is locked.</summary>
    public static readonly string[] Assemblies =
        ["System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Linq", "System.Runtime.Numerics", "System.Text.RegularExpressions"];
}
